import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(150_000);

const HOUR_MS = 3_600_000;
/** A queue gives a message up after five receives. */
const RECEIVES = 5;
/** Well within the three days after which a push is worth nothing. */
const MOST_HOURS = 60;

describe('OneSignal is away', () => {
  let stack: TestStack;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start();
    operator = await stack.operator();
  });
  afterEach(async () => {
    stack.moveClock(0);
    await stack.sandbox.fault('ok');
  });
  afterAll(() => stack.stop());

  const attemptsAt = async (notificationId: string) => {
    const [row] = await stack.sql<{ attempts: number }>(
      `select i.attempts from loopin.inbox i join loopin.outbox o on o.id = i.message_id
       where o.body like '%push.deliver-chunk%' and o.body like $1`,
      [`%${notificationId}%`],
    );
    return row?.attempts ?? 0;
  };

  /** Lets an hour pass whenever nothing happens for a while: every pause but the circuit's is by the clock. */
  const passTimeUntil = async (what: string, is: () => Promise<boolean>) => {
    let hours = 0;
    await waitFor(
      what,
      async () => {
        hours += 1;
        stack.moveClock(Math.min(hours, MOST_HOURS) * HOUR_MS);
        return waitFor(what, is, 2_000).catch(() => false);
      },
      60_000,
    );
  };

  it.each(['500', '429'])(
    'and answers %s for longer than a queue is patient: nothing is lost',
    async (fault) => {
      const phone = await stack.phone().install();
      await stack.sandbox.fault(fault, { times: 10_000 });
      const id = await operator.send(Operator.notification(phone.deviceId));
      await passTimeUntil('more tries than receives', async () => (await attemptsAt(id)) > RECEIVES + 1);
      await stack.sandbox.fault('ok');
      await passTimeUntil('the push to arrive', async () => {
        const view = (await operator.get(id)).json<{ counts: { sent: number } }>();
        return view.counts.sent === 1;
      });
      expect(await stack.sandbox.deliveries(phone.subscriptionId)).toHaveLength(1);
    },
  );

  it('for longer than a push is worth: it fails as expired and is never sent', async () => {
    const phone = await stack.phone().install();
    await stack.sandbox.fault('500', { times: 10_000 });
    const id = await operator.send({ ...Operator.notification(phone.deviceId), ttlSeconds: 60 });
    await waitFor('a first attempt', async () => (await attemptsAt(id)) >= 1, 30_000);
    stack.moveClock(HOUR_MS);
    const { counts } = await operator.waitUntil(id, ({ status }) => status === 'failed', 60_000);
    expect(counts).toMatchObject({ targeted: 1, failed: 1, sent: 0, pending: 0 });
    expect(await stack.sandbox.deliveries(phone.subscriptionId)).toHaveLength(0);
  });
});
