import { Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { RedisBreaker } from '../../../platform/redis/redis-breaker';
import { Clock, secondsAfter } from '../../../shared/clock';
import { NONCE_SECONDS, type ProofHome } from './proof-nonces';
import { UsedProofStore } from './used-proof.store';

/** Longer than any proof is good: by a clock that is 60 s ahead for 120 s, by a nonce for five minutes. */
const REMEMBER_SECONDS = NONCE_SECONDS + 60;
/** Since when Redis remembers, in milliseconds; gone with everything else that it forgets. */
const BEGAN = 'proofs:began';

/** `unsure`: Redis does not answer or has lost what it knew, so nobody can tell. */
export type Claim = 'first' | 'again' | 'unsure';

/**
 * Lets a proof be used once. Each proof has one home, and what is signed decides which: a nonce for the database, or
 * else Redis. So there is no moment at which a proof moves from one to the other: while Redis is away, or younger
 * than a proof may be, proofs that belong there are not taken but answered with a nonce for the database.
 */
@Injectable()
export class UsedProofs {
  /** Where new proofs should go, by the last answer of Redis. */
  home: ProofHome = 'redis';

  constructor(
    private readonly redis: Redis,
    private readonly breaker: RedisBreaker,
    private readonly store: UsedProofStore,
    private readonly clock: Clock,
  ) {}

  /** @param id a digest of what makes the proof unique to its key */
  async claim(id: Buffer, home: ProofHome): Promise<Claim> {
    const claim = home === 'database' ? await this.inDatabase(id) : await this.inRedis(id);
    if (home === 'redis') this.home = claim === 'unsure' ? 'database' : 'redis';
    return claim;
  }

  private async inDatabase(id: Buffer): Promise<Claim> {
    const expiresAt = secondsAfter(this.clock.now(), REMEMBER_SECONDS);
    return (await this.store.claim(id, expiresAt)) ? 'first' : 'again';
  }

  private async inRedis(id: Buffer): Promise<Claim> {
    const key = `proof:${id.toString('base64url')}`;
    const answer = await this.breaker.ask<{ stored: string | null; began: string | null } | undefined>(
      async () => {
        // one round trip, in this order: a memory that is lost in between does not say since when it remembers
        const [stored, began] = await Promise.all([
          this.redis.set(key, '1', 'PX', REMEMBER_SECONDS * 1000, 'NX'),
          this.redis.get(BEGAN),
        ]);
        return { stored, began };
      },
      async () => undefined,
    );
    if (answer === undefined) return 'unsure';
    if (answer.stored === null) return 'again';
    return (await this.remembersEnough(answer.began)) ? 'first' : 'unsure';
  }

  private async remembersEnough(began: string | null): Promise<boolean> {
    const since = began ?? (await this.begin());
    return this.clock.now().getTime() - Number(since) > REMEMBER_SECONDS * 1000;
  }

  /** The very first memory has lost nothing; any other may have. */
  private async begin(): Promise<string> {
    const now = this.clock.now();
    const since = (await this.store.memoryBegins(now)) ? '0' : String(now.getTime());
    return this.breaker.ask(
      async () => {
        await this.redis.setnx(BEGAN, since);
        return (await this.redis.get(BEGAN)) ?? since;
      },
      async () => String(now.getTime()),
    );
  }
}
