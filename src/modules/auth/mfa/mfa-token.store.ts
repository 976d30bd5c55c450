import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import type { SignInDevice } from '../../devices';
import type { PresentedIdentity } from '../oidc/presented-identity';

/** A sign-in whose first factor was proved: the session is opened for this user on this device, or not at all. */
export interface WaitingSignIn {
  readonly userId: UserId;
  readonly device: SignInDevice;
  /** How the first factor was proved (RFC 8176). */
  readonly amr: readonly string[];
  /** Of the password that the account had then. */
  readonly passwordChangedAt: Date | null;
  /** What the first factor was, where it was an identity at a provider: linked only when the session opens. */
  readonly identity: PresentedIdentity | null;
}

/** A token, and the key that is proved beside it. */
export interface PresentedToken {
  readonly hash: Buffer;
  readonly dpopJkt: string | null;
}

export interface MfaToken extends WaitingSignIn, PresentedToken {
  readonly expiresAt: Date;
}

/** Tokens for giving a second factor and nothing else. */
export abstract class MfaTokenStore {
  abstract add(token: MfaToken): Promise<void>;
  /** @returns undefined when expired, used up, unknown, of another key, or the user has another password since */
  abstract countTry(
    tx: Transaction,
    presented: PresentedToken,
    maxTries: number,
    now: Date,
  ): Promise<WaitingSignIn | undefined>;
  abstract take(tx: Transaction, hash: Buffer): Promise<void>;
}
