import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { UserId } from '../../../shared/ids';

const CODES = 10;
/** Ten of 32 characters are 50 bits: at ten guesses an hour nobody finds one. */
const LENGTH = 10;
/** Crockford's base 32: nothing that is mistaken for something else on paper. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const FIVE_BITS = 31;

/** For who has lost the phone: stored as keyed digests only, each good once. */
@Injectable()
export class RecoveryCodes {
  constructor(@Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>) {}

  /** Ten codes like `7H3KM-Q0XZ9`, and what is stored of them. */
  create(userId: UserId): { codes: string[]; macs: Buffer[] } {
    const codes = Array.from({ length: CODES }, newCode);
    return { codes, macs: codes.flatMap((code) => this.macsOf(userId, code).slice(0, 1)) };
  }

  /** What may be stored of a code, under every version of the key; however it was typed. */
  macsOf(userId: UserId, code: string): Buffer[] {
    return this.keys.data.macs(asPrinted(code), `mfa-recovery-code:${userId}`);
  }
}

const newCode = (): string => {
  const characters = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte & FIVE_BITS]).join('');
  return `${characters.slice(0, LENGTH / 2)}-${characters.slice(LENGTH / 2)}`;
};

/** People type small letters, leave out the hyphen, and read O for 0 and I or L for 1. */
function asPrinted(code: string): string {
  const plain = code.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return `${plain.slice(0, LENGTH / 2)}-${plain.slice(LENGTH / 2)}`;
}
