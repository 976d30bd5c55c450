import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { statement } from '../../../platform/database/statement';
import type { Transaction } from '../../../platform/database/transaction';
import type { Role } from '../../../platform/http/principal';
import type { UserId } from '../../../shared/ids';
import { toEvent, UserCreated, writeEvents } from '../../events';
import { AccountStore, type Registration, type RegistrationOffer, type User } from './account.store';
import { type AccountTables, REGISTRATION, toRegistration, toUser, USER } from './account.tables';

const USER_BY_ID = statement((db: Kysely<AccountTables>, id: UserId) =>
  db.selectFrom('loopin.users').select(USER).where('id', '=', id),
);

@Injectable()
export class PgAccountStore extends AccountStore {
  constructor(private readonly database: Database) {
    super();
  }

  async findById(id: UserId): Promise<User | undefined> {
    const [row] = await USER_BY_ID(this.database.tables(), id);
    return row && toUser(row);
  }

  async findByEmail(email: string): Promise<User | undefined> {
    const row = await this.users().select(USER).where('email', '=', email).executeTakeFirst();
    return row && toUser(row);
  }

  async holdStill(tx: Transaction, id: UserId): Promise<User | undefined> {
    const row = await tx
      .tables<AccountTables>()
      .selectFrom('loopin.users')
      .select(USER)
      .where('id', '=', id)
      // not shared: two who hold it and then write to it would wait for each other
      .forNoKeyUpdate()
      .executeTakeFirst();
    return row && toUser(row);
  }

  async rename(tx: Transaction, id: UserId, displayName: string | null): Promise<void> {
    await tx
      .tables<AccountTables>()
      .updateTable('loopin.users')
      .set({ display_name: displayName })
      .where('id', '=', id)
      .execute();
  }

  async setEmail(tx: Transaction, id: UserId, email: string): Promise<void> {
    await tx
      .tables<AccountTables>()
      .updateTable('loopin.users')
      .set({ email })
      .where('id', '=', id)
      .execute();
  }

  async emailOf(tx: Transaction, id: UserId): Promise<string | undefined> {
    const row = await tx
      .tables<AccountTables>()
      .selectFrom('loopin.users')
      .select('email')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.email;
  }

  async existsWithEmail(tx: Transaction, email: string): Promise<boolean> {
    const row = await tx
      .tables<AccountTables>()
      .selectFrom('loopin.users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirst();
    return row !== undefined;
  }

  async create(tx: Transaction, user: User, now: Date): Promise<void> {
    await tx
      .tables<AccountTables>()
      .insertInto('loopin.users')
      .values({
        id: user.id,
        email: user.email,
        password_hash: user.passwordHash,
        password_changed_at: user.passwordChangedAt,
        display_name: user.displayName,
        roles: [...user.roles],
        roles_version: user.rolesVersion,
        mfa_enabled: user.mfaEnabled,
        created_at: now,
      })
      .execute();
    await writeEvents(tx, [toEvent(UserCreated, { userId: user.id }, now)]);
  }

  async addRole(tx: Transaction, email: string, role: Role): Promise<UserId | undefined> {
    const row = await tx
      .tables<AccountTables>()
      .updateTable('loopin.users')
      .set((eb) => ({
        roles: sql<Role[]>`array(select distinct unnest(roles || array[${role}::text]))`,
        roles_version: eb('roles_version', '+', sql<number>`(not ${role} = any(roles))::integer`),
      }))
      .where('email', '=', email)
      .returning('id')
      .executeTakeFirst();
    return row?.id;
  }

  async offer(tx: Transaction, offer: RegistrationOffer, now: Date): Promise<void> {
    await tx
      .tables<AccountTables>()
      .insertInto('loopin.registrations')
      .values({
        email: offer.email,
        password_hash: offer.passwordHash,
        disputed: false,
        display_name: offer.displayName,
        roles: [...offer.roles],
        code_mac: offer.code.mac,
        code_expires_at: offer.code.expiresAt,
        tries: 0,
        created_at: now,
      })
      .onConflict((conflict) =>
        conflict.column('email').doUpdateSet((eb) => ({
          password_hash: eb.ref('excluded.password_hash'),
          disputed: sql<boolean>`registrations.disputed
            or registrations.password_hash is distinct from excluded.password_hash`,
          display_name: eb.ref('excluded.display_name'),
          roles: sql<Role[]>`array(select distinct unnest(registrations.roles || excluded.roles))`,
          code_mac: eb.ref('excluded.code_mac'),
          code_expires_at: eb.ref('excluded.code_expires_at'),
          tries: 0,
        })),
      )
      .execute();
  }

  async replaceCode(tx: Transaction, email: string, code: RegistrationOffer['code']): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .tables<AccountTables>()
      .updateTable('loopin.registrations')
      .set({ code_mac: code.mac, code_expires_at: code.expiresAt, tries: 0 })
      .where('email', '=', email)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async findRegistration(email: string): Promise<Registration | undefined> {
    const row = await this.database
      .tables<AccountTables>()
      .selectFrom('loopin.registrations')
      .select(REGISTRATION)
      .where('email', '=', email)
      .executeTakeFirst();
    return row && toRegistration(row);
  }

  async countTry(email: string, maxTries: number, now: Date): Promise<Registration | undefined> {
    const row = await this.database
      .tables<AccountTables>()
      .updateTable('loopin.registrations')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('email', '=', email)
      .where('tries', '<', maxTries)
      .where('code_expires_at', '>', now)
      .returning(REGISTRATION)
      .executeTakeFirst();
    return row && toRegistration(row);
  }

  async takeRegistration(tx: Transaction, email: string): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<AccountTables>()
      .deleteFrom('loopin.registrations')
      .where('email', '=', email)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  private users() {
    return this.database.tables<AccountTables>().selectFrom('loopin.users');
  }
}
