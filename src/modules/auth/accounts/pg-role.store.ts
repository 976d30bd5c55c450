import { Injectable } from '@nestjs/common';
import { type Generated, sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { Role } from '../../../platform/http/principal';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import { RoleStore } from './role.store';

interface RoleTables {
  'loopin.users': { id: UserId; roles: Role[]; roles_version: Generated<number> };
  'loopin.sessions': { id: SessionId; user_id: UserId; device_id: DeviceId; revoked_at: Date | null };
  'loopin.devices': { user_id: UserId; device_id: DeviceId; signing_key: PublicJwk | null };
}

@Injectable()
export class PgRoleStore extends RoleStore {
  async lockAdmins(tx: Transaction): Promise<UserId[]> {
    const rows = await tx
      .tables<RoleTables>()
      .selectFrom('loopin.users')
      .select('id')
      .where(sql<boolean>`'admin' = any(roles)`)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute();
    return rows.map((row) => row.id);
  }

  async lockRoles(tx: Transaction, id: UserId): Promise<readonly Role[] | undefined> {
    const row = await tx
      .tables<RoleTables>()
      .selectFrom('loopin.users')
      .select('roles')
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst();
    return row?.roles;
  }

  async setRoles(tx: Transaction, id: UserId, roles: readonly Role[]): Promise<number> {
    const row = await tx
      .tables<RoleTables>()
      .updateTable('loopin.users')
      .set((eb) => ({ roles: [...roles], roles_version: eb('roles_version', '+', 1) }))
      .where('id', '=', id)
      .returning('roles_version')
      .executeTakeFirstOrThrow();
    return row.roles_version;
  }

  async liveSessions(tx: Transaction, id: UserId) {
    return tx
      .tables<RoleTables>()
      .selectFrom('loopin.sessions as s')
      .innerJoin('loopin.devices as d', (join) =>
        join.onRef('d.user_id', '=', 's.user_id').onRef('d.device_id', '=', 's.device_id'),
      )
      .select(['s.id', 'd.signing_key as signingKey'])
      .where('s.user_id', '=', id)
      .where('s.revoked_at', 'is', null)
      .execute();
  }
}
