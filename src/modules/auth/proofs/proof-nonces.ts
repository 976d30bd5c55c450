import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { MINUTE } from '../../../shared/clock';
import { equalsInConstantTime } from '../../../shared/hash';

export const NONCE_SECONDS = 5 * MINUTE;
/** How far ahead another process of ours may be. */
const SKEW_MS = 30_000;
const HEAD_BYTES = 7;
const MAC_BYTES = 16;
const ENCODED = /^[\w-]{31}$/;

/** Where the proofs that carry a nonce are remembered: it is part of the nonce, so every process agrees on it. */
export type ProofHome = 'redis' | 'database';
const HOMES: readonly ProofHome[] = ['redis', 'database'];

/**
 * Nonces of the server (RFC 9449, section 8): place and time under a keyed digest of the data key. Nothing is stored,
 * so any process knows those of any other, also after a restart; each is good for five minutes.
 */
@Injectable()
export class ProofNonces {
  constructor(@Inject(keysConfig.KEY) private readonly config: ConfigType<typeof keysConfig>) {}

  issue(home: ProofHome, now: Date): string {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(HOMES.indexOf(home));
    head.writeUIntBE(now.getTime(), 1, HEAD_BYTES - 1);
    const [mac] = this.macs(head);
    return Buffer.concat([head, ...(mac === undefined ? [] : [mac])]).toString('base64url');
  }

  /** @returns undefined for what is no nonce of ours or no longer good */
  open(nonce: string, now: Date): ProofHome | undefined {
    if (!ENCODED.test(nonce)) return undefined;
    const bytes = Buffer.from(nonce, 'base64url');
    const head = bytes.subarray(0, HEAD_BYTES);
    const mac = bytes.subarray(HEAD_BYTES);
    if (!this.macs(head).some((good) => equalsInConstantTime(good, mac))) return undefined;
    const ageMs = now.getTime() - head.readUIntBE(1, HEAD_BYTES - 1);
    return ageMs >= -SKEW_MS && ageMs <= NONCE_SECONDS * 1000 ? HOMES[head.readUInt8()] : undefined;
  }

  /** Under every version of the data key, newest first: a nonce outlives a rotation of it. */
  private macs(head: Buffer): Buffer[] {
    return this.config.data
      .macs(head.toString('base64url'), 'proof-nonce')
      .map((mac) => mac.subarray(0, MAC_BYTES));
  }
}
