import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../../../shared/domain-error';
import { LeakedPasswords } from './leaked-passwords';
import { PasswordHasher } from './password-hasher';
import { isLikeOwner, type PasswordOwner } from './password-similarity';
import { passwordWeight } from './password-weight';

/** Less than this is a word with decorations: what is tried first. */
const MIN_WEIGHT = 6;

/** A password that somebody chooses, beyond the rules of its characters that the body's schema checks. */
export interface NewPasswordOffer {
  /** Where it stands in the body. */
  readonly path: 'password' | 'newPassword';
  readonly password: string;
  readonly owner: PasswordOwner;
  /** The hashes of the last five, for who has an account already. */
  readonly former?: readonly string[];
  /** 16 bytes; random when not given. */
  readonly salt?: Buffer;
}

/** Takes passwords that nobody would guess, and hashes them. No database connection may be held meanwhile. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly leaked: LeakedPasswords,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * @returns its PHC string
   * @throws ValidationFailed for a common, leaked or former password, or one like its owner's e-mail or name
   * @throws Overloaded when too many passwords are waiting to be hashed
   */
  async hash({ path, password, owner, former = [], salt }: NewPasswordOffer): Promise<string> {
    const refuse = (...messages: readonly string[]): void => {
      if (messages.length > 0) throw new ValidationFailed(messages.map((message) => ({ path, message })));
    };
    refuse(...guessable(password, owner));
    if (await this.leaked.includes(password)) refuse('is known from a data leak: choose another one');
    if (await this.isAmong(former, password)) refuse('was one of the last five: choose another one');
    return this.hasher.hash(password, salt);
  }

  private async isAmong(former: readonly string[], password: string): Promise<boolean> {
    for (const hash of former) if (await this.hasher.verify(hash, password)) return true;
    return false;
  }
}

function guessable(password: string, owner: PasswordOwner): string[] {
  const messages: string[] = [];
  if (passwordWeight(password) < MIN_WEIGHT) messages.push('is too common: others guess it');
  if (isLikeOwner(password, owner)) messages.push('is too much like the e-mail address or the name');
  return messages;
}
