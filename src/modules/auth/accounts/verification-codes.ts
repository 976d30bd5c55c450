import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { z } from 'zod';
import { keysConfig } from '../../../config/slices';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { equalsInConstantTime } from '../../../shared/hash';

const CODE_SECONDS = 10 * MINUTE;
export const MAX_CODE_TRIES = 5;
const SALT_BYTES = 16;
const VERIFICATION = 'verification-code';

/** A code in a body. */
export const Code = z.string().regex(/^\d{6}$/, 'is six digits');

/** Six digits by mail: stored as a keyed digest only, since a plain hash of a million values hides nothing. */
@Injectable()
export class VerificationCodes {
  constructor(
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** @param purpose a code is good for this alone */
  create(email: string, purpose = VERIFICATION): { code: string; mac: Buffer; expiresAt: Date } {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    return {
      code,
      mac: this.newestMac(code, `${purpose}:${email}`),
      expiresAt: secondsAfter(this.clock.now(), CODE_SECONDS),
    };
  }

  matches(code: string, email: string, mac: Buffer, purpose = VERIFICATION): boolean {
    return this.keys.data.macs(code, `${purpose}:${email}`).some((known) => equalsInConstantTime(known, mac));
  }

  /** 16 bytes that only we can compute: the salt of every password that is offered for this address. */
  saltFor(email: string): Buffer {
    return this.newestMac(email, 'offered-password-salt').subarray(0, SALT_BYTES);
  }

  private newestMac(value: string, context: string): Buffer {
    const [newest] = this.keys.data.macs(value, context);
    if (newest === undefined) throw new Error('the keyring is empty');
    return newest;
  }
}
