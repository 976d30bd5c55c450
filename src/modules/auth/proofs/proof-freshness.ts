import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock';
import { ProofNonces } from './proof-nonces';
import { UsedProofs } from './used-proofs';

/** How far a phone's clock may be off. */
const MAX_SKEW_SECONDS = 60;

export interface DatedProof {
  /** A digest of what makes the proof unique to its key. */
  readonly id: Buffer;
  /** By the clock of whoever made it; NumericDate (RFC 7519). */
  readonly madeAtSeconds: number;
  /** Until when it may be used, by the same clock. */
  readonly expiresAtSeconds?: number | undefined;
  /** What claims to be a nonce of ours. With a good one the clock does not matter. */
  readonly nonce: string | undefined;
}

/** Fresh, used before, or to be made again with this nonce. */
export type Freshness = 'fresh' | 'used' | { readonly useNonce: string };

/** Whether a proof was made just now and is used for the first time: the same rule for DPoP and signed requests. */
@Injectable()
export class ProofFreshness {
  constructor(
    private readonly nonces: ProofNonces,
    private readonly used: UsedProofs,
    private readonly clock: Clock,
  ) {}

  async judge(proof: DatedProof): Promise<Freshness> {
    const now = this.clock.now();
    const home = proof.nonce === undefined ? undefined : this.nonces.open(proof.nonce, now);
    const isDated = home !== undefined || (proof.nonce === undefined && isRecent(proof, now));
    const claim = isDated ? await this.used.claim(proof.id, home ?? 'redis') : 'unsure';
    if (claim === 'first') return 'fresh';
    return claim === 'again' ? 'used' : { useNonce: this.nonces.issue(this.used.home, this.clock.now()) };
  }

  /** Whether it is a nonce that we issued in the last minutes. */
  isNonce(text: string): boolean {
    return this.nonces.open(text, this.clock.now()) !== undefined;
  }
}

function isRecent({ madeAtSeconds, expiresAtSeconds }: DatedProof, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  if (expiresAtSeconds !== undefined && expiresAtSeconds < seconds - MAX_SKEW_SECONDS) return false;
  return Math.abs(seconds - madeAtSeconds) <= MAX_SKEW_SECONDS;
}
