import { randomBytes } from 'node:crypto';
import { PgUsedProofStore } from '../../src/modules/auth/proofs/pg-used-proof.store';
import { ProofFreshness } from '../../src/modules/auth/proofs/proof-freshness';
import { ProofNonces } from '../../src/modules/auth/proofs/proof-nonces';
import { UsedProofs } from '../../src/modules/auth/proofs/used-proofs';
import { RedisBreaker } from '../../src/platform/redis/redis-breaker';
import { MINUTE } from '../../src/shared/clock';
import { decodeKeyring } from '../../src/shared/keyring';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

type Proof = Parameters<ProofFreshness['judge']>[0];

describe('used proofs', () => {
  let services: Services;
  let clock: TestClock;
  let processes: [ProofFreshness, ProofFreshness];

  beforeEach(async () => {
    services = await Services.start();
    clock = new TestClock();
    const database = services.database();
    const make = async () => {
      const redis = services.redis();
      await waitFor('Redis', () => redis.status === 'ready', 10_000);
      const store = new PgUsedProofStore(database);
      const data = decodeKeyring(services.env('DATA_KEYS'));
      const used = new UsedProofs(redis, new RedisBreaker(), store, clock);
      return new ProofFreshness(new ProofNonces({ data, keyEncryption: data }), used, clock);
    };
    processes = [await make(), await make()];
  });
  afterEach(() => services.stop());

  const proof = (nonce?: string): Proof => ({
    id: randomBytes(32),
    madeAtSeconds: clock.now().getTime() / 1000,
    nonce,
  });

  /** The nonce that is asked for. */
  async function challengeOf(process: ProofFreshness, given: Proof): Promise<string> {
    const freshness = await process.judge(given);
    if (typeof freshness === 'string') throw new Error(`no nonce was asked for: ${freshness}`);
    return freshness.useNonce;
  }

  it('are good once, whichever process is asked, also at once', async () => {
    const [here, elsewhere] = processes;
    const given = proof();
    expect(await here.judge(given)).toBe('fresh');
    expect(await here.judge(given)).toBe('used');
    expect(await elsewhere.judge(given)).toBe('used');
    const another = proof();
    const verdicts = await Promise.all(range(20).map((index) => processes[index % 2 ? 0 : 1].judge(another)));
    expect(verdicts.filter((verdict) => verdict === 'fresh')).toHaveLength(1);
    expect(await services.sql('select from loopin.used_proofs')).toHaveLength(0);
  });

  it('by a wrong clock need a nonce, with which the clock does not matter', async () => {
    const [here, elsewhere] = processes;
    for (const seconds of [-61, 61]) {
      const late = { ...proof(), madeAtSeconds: clock.now().getTime() / 1000 + seconds };
      const nonce = await challengeOf(here, late);
      expect(await elsewhere.judge({ ...late, nonce })).toBe('fresh');
      expect(await here.judge({ ...late, nonce })).toBe('used');
    }
    const ended = { ...proof(), expiresAtSeconds: clock.now().getTime() / 1000 - 61 };
    await challengeOf(here, ended);
  });

  it.each([
    ['is killed', 'SIGKILL'],
    ['hangs', 'SIGSTOP'],
  ] as const)(
    'when Redis %s: what was used before stays used, new ones take one more step',
    async (_, signal) => {
      const [here, elsewhere] = processes;
      const before = proof();
      const ignored = await challengeOf(here, { ...proof(), madeAtSeconds: 0 });
      const withNonce = proof(ignored);
      for (const given of [before, withNonce]) expect(await here.judge(given)).toBe('fresh');
      services.takeRedisAway(signal);

      // neither was written down where both can look now: they are not taken again, and can't be signed anew by a thief
      for (const given of [before, withNonce]) await challengeOf(here, given);
      const nonce = await challengeOf(elsewhere, proof());
      const after = proof(nonce);
      expect(await elsewhere.judge(after)).toBe('fresh');
      expect(await here.judge(after)).toBe('used');
      const verdicts = await Promise.all(range(10).map(() => here.judge(after)));
      expect(new Set(verdicts)).toEqual(new Set(['used']));
    },
  );

  it('go to the same place for a process that still reaches Redis', async () => {
    const [here, elsewhere] = processes;
    const redis = services.redis();
    await waitFor('Redis', () => redis.status === 'ready', 10_000);
    await here.judge(proof());
    await redis.set('proofs:began', String(clock.now().getTime()));
    const nonce = await challengeOf(here, proof());
    await redis.set('proofs:began', '0');
    const given = proof(nonce);
    expect(await here.judge(given)).toBe('fresh');
    expect(await elsewhere.judge(given)).toBe('used');
  });

  it('are not forgotten when Redis has lost its memory: for six minutes it is not trusted', async () => {
    const [here, elsewhere] = processes;
    const before = proof();
    expect(await here.judge(before)).toBe('fresh');
    const redis = services.redis();
    await waitFor('Redis', () => redis.status === 'ready', 10_000);
    await redis.flushall();

    const nonce = await challengeOf(elsewhere, before);
    await challengeOf(here, proof());
    expect(await here.judge(proof(nonce))).toBe('fresh');
    clock.forward(6 * MINUTE + 1);
    expect(await here.judge(proof())).toBe('fresh');
    await challengeOf(here, before);
  });

  it('are noted with the time from which on nobody could use them', async () => {
    const [here] = processes;
    await here.judge(proof());
    const store = new PgUsedProofStore(services.database());
    const id = randomBytes(32);
    const expiresAt = new Date('2027-01-01T00:00:00Z');
    expect([await store.claim(id, expiresAt), await store.claim(id, expiresAt)]).toEqual([true, false]);
    const [row] = await services.sql('select expires_at from loopin.used_proofs where id = $1', [id]);
    expect(row).toEqual({ expires_at: expiresAt });
  });
});
