import { randomUUID } from 'node:crypto';
import { Inbox } from '../../src/platform/sqs/inbox';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(120_000);

const LEASE_SECONDS = 25;
const FIRST = { attempt: 1, onlyKilled: false };
const AFTER_FAILURE = { attempt: 2, onlyKilled: false };

describe('the inbox', () => {
  let services: Services;
  let clock: TestClock;
  let inbox: Inbox;

  beforeAll(async () => {
    services = await Services.start();
  });
  beforeEach(() => {
    clock = new TestClock();
    clock.stop();
    inbox = new Inbox(services.database(), clock);
  });
  afterAll(() => services.stop());

  const claim = (...ids: string[]) => inbox.claim(ids, LEASE_SECONDS);

  it('gives a message to the first who asks', async () => {
    const id = randomUUID();
    expect(await claim(id)).toEqual({ claimed: new Map([[id, FIRST]]), done: new Set() });
    expect(await claim(id)).toEqual({ claimed: new Map(), done: new Set() });
  });

  it('gives each of many messages to one of many who ask at once', async () => {
    const ids = range(50).map(() => randomUUID());
    const claims = await Promise.all(range(8).map(() => claim(...ids)));
    const claimed = claims.flatMap((one) => [...one.claimed.keys()]);
    expect(claimed.sort()).toEqual([...ids].sort());
  });

  it('gives it to another when its holder died', async () => {
    const id = randomUUID();
    await claim(id);
    clock.forward(LEASE_SECONDS - 1);
    expect((await claim(id)).claimed.size).toBe(0);
    clock.forward(2);
    expect((await claim(id)).claimed).toEqual(new Map([[id, { attempt: 2, onlyKilled: true }]]));
  });

  it('leaves it to a holder that goes on asking for time', async () => {
    const id = randomUUID();
    await claim(id);
    clock.forward(LEASE_SECONDS - 1);
    await inbox.extend([id], LEASE_SECONDS);
    clock.forward(LEASE_SECONDS - 1);
    expect((await claim(id)).claimed.size).toBe(0);
  });

  it('never gives what is done, however late', async () => {
    const id = randomUUID();
    await claim(id);
    await inbox.complete([id]);
    clock.forward(86_400);
    expect(await claim(id)).toEqual({ claimed: new Map(), done: new Set([id]) });
  });

  it('gives what failed at once, and keeps the reason', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    await claim(first, second);
    await inbox.fail([
      { messageId: first, reason: 'first reason' },
      { messageId: second, reason: 'second reason' },
    ]);
    const rows = await services.sql(
      'select last_error from loopin.inbox where message_id = any($1) order by last_error',
      [[first, second]],
    );
    expect(rows).toEqual([{ last_error: 'first reason' }, { last_error: 'second reason' }]);
    expect((await claim(first, second)).claimed).toEqual(
      new Map([
        [first, AFTER_FAILURE],
        [second, AFTER_FAILURE],
      ]),
    );
  });

  it('tells apart what is new, held and done in one batch', async () => {
    const [fresh, held, done] = [randomUUID(), randomUUID(), randomUUID()];
    await claim(held, done);
    await inbox.complete([done]);
    expect(await claim(fresh, held, done)).toEqual({
      claimed: new Map([[fresh, FIRST]]),
      done: new Set([done]),
    });
  });
});
