import { randomBytes } from 'node:crypto';
import { IdempotencyStore } from '../../src/platform/http/idempotency-store';
import { sha256 } from '../../src/shared/hash';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(30_000);

const REQUEST = sha256('the request');
const OTHER_REQUEST = sha256('another request');
const ANSWER = { status: 202, body: Buffer.from('sealed') };

describe('kept answers', () => {
  let services: Services;
  let clock: TestClock;
  let store: IdempotencyStore;
  let key: Buffer;

  beforeAll(async () => {
    services = await Services.start();
  });
  beforeEach(() => {
    clock = new TestClock();
    store = new IdempotencyStore(services.database(), clock);
    key = randomBytes(32);
  });
  afterAll(() => services.stop());

  async function claimed(fingerprint = REQUEST): Promise<string> {
    const claim = await store.claim(key, fingerprint);
    if (claim.outcome !== 'claimed') throw new Error(`expected to claim it: ${claim.outcome}`);
    return claim.resourceId;
  }

  it('one of many at once gets the key', async () => {
    const claims = await Promise.all(range(20).map(() => store.claim(key, REQUEST)));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === 'running')).toHaveLength(19);
  });

  it('the answer is kept for a day', async () => {
    await store.complete(key, await claimed(), ANSWER);
    clock.forward(86_000);
    expect(await store.claim(key, REQUEST)).toEqual({ outcome: 'done', ...ANSWER });
    clock.forward(500);
    expect(await claimed()).toBeDefined();
  });

  it('another request is told so, while the first runs and after', async () => {
    const resourceId = await claimed();
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
    await store.complete(key, resourceId, ANSWER);
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
  });

  it('a repeat after the holder died makes the same resource', async () => {
    const resourceId = await claimed();
    clock.forward(29);
    expect(await store.claim(key, REQUEST)).toEqual({ outcome: 'running' });
    clock.forward(2);
    expect(await claimed()).toBe(resourceId);
  });

  it('a dead holder’s key is not for another request', async () => {
    await claimed();
    clock.forward(31);
    expect(await store.claim(key, OTHER_REQUEST)).toEqual({ outcome: 'other_request' });
  });

  it('a released key is free: for a repeat under the same id, for another request under a new one', async () => {
    const resourceId = await claimed();
    await store.release(key, resourceId);
    expect(await claimed()).toBe(resourceId);
    await store.release(key, resourceId);
    expect(await claimed(OTHER_REQUEST)).not.toBe(resourceId);
  });

  it('an expired key starts anew', async () => {
    const resourceId = await claimed();
    clock.forward(86_401);
    expect(await claimed()).not.toBe(resourceId);
  });
});
