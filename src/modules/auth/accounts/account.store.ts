import type { Transaction } from '../../../platform/database/transaction';
import type { Role } from '../../../platform/http/principal';
import type { UserId } from '../../../shared/ids';

export interface User {
  readonly id: UserId;
  readonly email: string;
  readonly displayName: string | null;
  readonly roles: readonly Role[];
  /** Rises with each change of the roles. */
  readonly rolesVersion: number;
  readonly mfaEnabled: boolean;
  /** PHC string, or null while the account has no password. */
  readonly passwordHash: string | null;
  readonly passwordChangedAt: Date | null;
}

/** An offer to open an account; it becomes one when the address is proved. */
export interface RegistrationOffer {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly displayName: string | null;
  readonly roles: readonly Role[];
  readonly code: { readonly mac: Buffer; readonly expiresAt: Date };
}

export interface Registration {
  readonly email: string;
  readonly passwordHash: string | null;
  /** More than one password was offered: whose it is nobody can say. */
  readonly disputed: boolean;
  readonly displayName: string | null;
  readonly roles: readonly Role[];
  readonly codeMac: Buffer;
}

/** Accounts, and registrations on their way to be one. */
export abstract class AccountStore {
  abstract findById(id: UserId): Promise<User | undefined>;
  abstract findByEmail(email: string): Promise<User | undefined>;
  /** As it is now, and as it stays until the transaction ends: whoever changes it, or holds it still too, waits. */
  abstract holdStill(tx: Transaction, id: UserId): Promise<User | undefined>;
  abstract rename(tx: Transaction, id: UserId, displayName: string | null): Promise<void>;
  /** @throws a unique violation of `users_email_key` when another account has it */
  abstract setEmail(tx: Transaction, id: UserId, email: string): Promise<void>;
  abstract emailOf(tx: Transaction, id: UserId): Promise<string | undefined>;
  abstract existsWithEmail(tx: Transaction, email: string): Promise<boolean>;
  /** Whoever subscribes is told. */
  abstract create(tx: Transaction, user: User, now: Date): Promise<void>;
  /** Access tokens with the roles before are refused from now on. @returns whose address it is */
  abstract addRole(tx: Transaction, email: string, role: Role): Promise<UserId | undefined>;

  /** Replaces the code; another password than the one before disputes the registration. */
  abstract offer(tx: Transaction, offer: RegistrationOffer, now: Date): Promise<void>;
  /** @returns whether there is a registration to send a new code for */
  abstract replaceCode(tx: Transaction, email: string, code: RegistrationOffer['code']): Promise<boolean>;
  abstract findRegistration(email: string): Promise<Registration | undefined>;
  /** Counts a try, before the code is compared. @returns undefined when expired, used up or unknown */
  abstract countTry(email: string, maxTries: number, now: Date): Promise<Registration | undefined>;
  /** @returns false when somebody else took it first */
  abstract takeRegistration(tx: Transaction, email: string): Promise<boolean>;
}
