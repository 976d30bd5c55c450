import type { JsonWebKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '../../tools/local/ports.mts';
import { expectStatus } from '../support/api';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PHONES = 4;
const BETWEEN_CALLS_MS = 25;
/** So many requests are under way before, and so many more come after what is done under load. */
const CALLS = 10 * PHONES;
const LOAD_BOUND_MS = 30_000;

interface Keys {
  readonly data: readonly { kid: string; state: string }[];
}

describe('the signing keys', () => {
  let stack: TestStack;
  let phones: Phone[];

  beforeAll(async () => {
    stack = await TestStack.start();
    phones = await Promise.all(Array.from({ length: PHONES }, () => stack.phone().signUp()));
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const kidOf = (token: string): string =>
    JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
  const kidIn = (keys: Keys, state: string) => keys.data.find((key) => key.state === state)?.kid;
  const published = async () =>
    expectStatus(await stack.api.get('/.well-known/jwks.json'), 200).json<{ keys: JsonWebKey[] }>().keys;

  /** Phones that read and refresh without a pause, until told to stop. */
  function load() {
    let running = true;
    const statuses: number[] = [];
    const lanes = phones.map(async (phone) => {
      for (let call = 0; running; call += 1) {
        const { status } = call % 3 === 0 ? await phone.refresh() : await phone.me();
        statuses.push(status);
        await delay(BETWEEN_CALLS_MS);
      }
    });
    return {
      more: (calls: number) => {
        const goal = statuses.length + calls;
        return waitFor(`${calls} more calls`, () => statuses.length >= goal, LOAD_BOUND_MS);
      },
      stop: async () => {
        running = false;
        await Promise.all(lanes);
        return statuses;
      },
    };
  }

  /** Everybody gets a token of the new time. */
  async function moveTo(milliseconds: number): Promise<void> {
    stack.moveClock(milliseconds);
    for (const phone of phones) expectStatus(await phone.refresh(), 200);
  }

  it('rotate under load without one failed request; a revoked key ends its tokens', async () => {
    const standby = kidIn(await duringLoad(() => stack.cli<Keys>('keys', 'rotate')), 'standby') ?? '';
    await moveTo(MINUTE_MS);
    expect((await published()).map(({ kid }) => kid)).toContain(standby);
    await expect(stack.cli('keys', 'rotate')).rejects.toThrow('until');

    await moveTo(DAY_MS + MINUTE_MS);
    const rotated = await duringLoad(() => stack.cli<Keys>('keys', 'rotate'));
    const old = kidIn(rotated, 'previously_used') ?? '';
    expect(kidIn(rotated, 'in_use')).toBe(standby);
    const [phone] = phones;
    const tokenOfOld = phone?.session.accessToken ?? '';
    expect(kidOf(tokenOfOld)).toBe(old);

    await moveTo(DAY_MS + 3 * MINUTE_MS);
    await duringLoad(async () => undefined);
    expect(phones.map(({ session }) => kidOf(session.accessToken))).toEqual(phones.map(() => standby));
    expect((await meWith(tokenOfOld)).status).toBe(200);
    await expect(stack.cli('keys', 'revoke', old)).rejects.toThrow('may still be good until');

    await stack.cli('keys', 'revoke', old, '--now');
    stack.moveClock(DAY_MS + 4 * MINUTE_MS + 1_000);
    expect((await meWith(tokenOfOld)).status).toBe(401);
    expect((await published()).map(({ kid }) => kid)).toEqual([standby]);
    expect(await duringLoad(async () => 'fine')).toBe('fine');
  });

  it('are looked after by the worker: a standby two days before the half year is over', async () => {
    stack.moveClock(180 * DAY_MS);
    const worker = await stack.startProcess('worker', await findFreePort());
    const standby = async () => kidIn(await stack.cli<Keys>('keys', 'list'), 'standby');
    expect(await waitFor('a standby', standby, 60_000)).toEqual(expect.any(String));
    worker.program.signal('SIGTERM');
    await worker.program.ended();
  });

  const meWith = (token: string) => stack.api.get('/v1/me', { authorization: `Bearer ${token}` });

  /** Does something while the phones work; every request has to succeed. */
  async function duringLoad<T>(work: () => Promise<T>): Promise<T> {
    const running = load();
    await running.more(CALLS);
    const result = await work();
    await running.more(CALLS);
    const statuses = await running.stop();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    return result;
  }
});
