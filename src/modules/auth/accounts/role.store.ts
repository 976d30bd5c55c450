import type { Transaction } from '../../../platform/database/transaction';
import type { Role } from '../../../platform/http/principal';
import type { SessionId, UserId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';

/** Who has which role. */
export abstract class RoleStore {
  /**
   * All administrators, locked until the transaction ends: whoever else changes administrators waits, and sees what
   * became of them.
   */
  abstract lockAdmins(tx: Transaction): Promise<UserId[]>;
  /** Locked until the transaction ends. */
  abstract lockRoles(tx: Transaction, id: UserId): Promise<readonly Role[] | undefined>;
  /** Access tokens with the roles before are refused from now on. @returns the version of the new roles */
  abstract setRoles(tx: Transaction, id: UserId, roles: readonly Role[]): Promise<number>;
  /** Those that nobody ended, with what their devices sign with. */
  abstract liveSessions(
    tx: Transaction,
    id: UserId,
  ): Promise<{ readonly id: SessionId; readonly signingKey: PublicJwk | null }[]>;
}
