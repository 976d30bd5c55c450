import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { ROLES, type Role } from '../../../platform/http/principal';
import { NotFound } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { LastAdmin } from '../auth.errors';
import { SessionLiveness } from '../sessions/session-liveness';
import { RoleStore } from './role.store';

/** Gives and takes roles. */
@Injectable()
export class UserRoles {
  constructor(
    private readonly store: RoleStore,
    private readonly liveness: SessionLiveness,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /**
   * The user's access tokens end with the change; a refresh gives one with the new roles. The same roles change nothing.
   * @throws NotFound
   * @throws LastAdmin when nobody would be left to give the role back
   */
  async replace(actor: string, id: UserId, wanted: readonly Role[]): Promise<void> {
    const roles = ROLES.filter((role) => wanted.includes(role));
    await this.database.transaction(async (tx) => {
      const admins = await this.store.lockAdmins(tx);
      const before = await this.store.lockRoles(tx, id);
      if (before === undefined) throw new NotFound();
      if (sameRoles(before, roles)) return;
      const isLast = before.includes('admin') && admins.every((admin) => admin === id);
      if (isLast && !roles.includes('admin')) throw new LastAdmin();
      const version = await this.store.setRoles(tx, id, roles);
      const details = { before: inOrder(before), after: inOrder(roles) };
      await this.audit.record(tx, { actor, action: 'user.roles_changed', target: `user:${id}`, details });
      await this.announce(tx, id, version);
    });
  }

  private async announce(tx: Transaction, id: UserId, rolesVersion: number): Promise<void> {
    const sessions = await this.store.liveSessions(tx, id);
    tx.afterCommit(() => {
      for (const { id: session, signingKey } of sessions) {
        void this.liveness.changed(session, { rolesVersion, signingKey });
      }
    });
  }
}

const inOrder = (roles: readonly Role[]): string => ROLES.filter((role) => roles.includes(role)).join(' ');
const sameRoles = (a: readonly Role[], b: readonly Role[]): boolean => inOrder(a) === inOrder(b);
