import type { Transaction } from '../../../platform/database/transaction';
import type { IdentityId, UserId } from '../../../shared/ids';
import type { ProviderName } from './identity-providers';

export interface Identity {
  readonly id: IdentityId;
  readonly userId: UserId;
  readonly provider: ProviderName;
  readonly subject: string;
  /** At the time of linking. */
  readonly email: string;
}

export type IdentityOwner = Pick<Identity, 'id' | 'userId'>;

/** Who is who at the providers. */
export abstract class IdentityStore {
  /** @param tx to see what it sees */
  abstract findOwner(
    provider: ProviderName,
    subject: string,
    tx?: Transaction,
  ): Promise<IdentityOwner | undefined>;
  abstract hasIdentity(userId: UserId, provider: ProviderName): Promise<boolean>;
  /** @returns false when the identity has an account already, or the account an identity of the provider */
  abstract add(tx: Transaction, identity: Identity, now: Date): Promise<boolean>;
  /** Takes those from an account that it got after a moment. */
  abstract unlinkSince(tx: Transaction, userId: UserId, since: Date): Promise<void>;
  /** @returns false when this token was spent before */
  abstract spendToken(tx: Transaction, hash: Buffer, expiresAt: Date): Promise<boolean>;
}
