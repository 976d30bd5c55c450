import { Injectable } from '@nestjs/common';
import { type Generated, sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { SecondFactorStore, type StoredFactor } from './second-factor.store';

interface FactorTables {
  'loopin.mfa_totp': {
    user_id: UserId;
    secret_sealed: Buffer;
    pending_until: Date | null;
    confirmed_at: Generated<Date | null>;
    last_step: Generated<number | null>;
    failed_at: Generated<Date[]>;
  };
  'loopin.mfa_recovery_codes': { user_id: UserId; code_mac: Buffer };
  'loopin.mfa_tokens': { user_id: UserId };
  'loopin.users': { id: UserId; mfa_enabled: boolean; roles_version: number };
}

@Injectable()
export class PgSecondFactorStore extends SecondFactorStore {
  async begin(tx: Transaction, userId: UserId, secretSealed: Buffer, pendingUntil: Date): Promise<boolean> {
    const columns = { secret_sealed: secretSealed, pending_until: pendingUntil };
    const { numInsertedOrUpdatedRows } = await tx
      .tables<FactorTables>()
      .insertInto('loopin.mfa_totp')
      .values({ user_id: userId, ...columns })
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet(columns)
          .where(sql<boolean>`mfa_totp.pending_until is not null`),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async lock(tx: Transaction, userId: UserId): Promise<StoredFactor | undefined> {
    const row = await tx
      .tables<FactorTables>()
      .selectFrom('loopin.mfa_totp')
      .select(['secret_sealed', 'pending_until', 'confirmed_at', 'last_step', 'failed_at'])
      .where('user_id', '=', userId)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      secretSealed: row.secret_sealed,
      pendingUntil: row.pending_until,
      confirmedAt: row.confirmed_at,
      lastStep: row.last_step,
      failedAt: row.failed_at,
    };
  }

  async confirm(tx: Transaction, userId: UserId, recoveryMacs: readonly Buffer[], now: Date): Promise<void> {
    const tables = tx.tables<FactorTables>();
    await tables
      .updateTable('loopin.mfa_totp')
      .set({ pending_until: null, confirmed_at: now })
      .where('user_id', '=', userId)
      .execute();
    await tables
      .insertInto('loopin.mfa_recovery_codes')
      .values(recoveryMacs.map((mac) => ({ user_id: userId, code_mac: mac })))
      .execute();
    await tables.updateTable('loopin.users').set({ mfa_enabled: true }).where('id', '=', userId).execute();
  }

  async takeStep(tx: Transaction, userId: UserId, step: number): Promise<void> {
    await this.change(tx, userId, { last_step: step });
  }

  async takeRecoveryCode(
    tx: Transaction,
    userId: UserId,
    macs: readonly Buffer[],
  ): Promise<number | undefined> {
    const { numDeletedRows } = await tx
      .tables<FactorTables>()
      .deleteFrom('loopin.mfa_recovery_codes')
      .where('user_id', '=', userId)
      .where('code_mac', 'in', macs)
      .executeTakeFirst();
    if (numDeletedRows === 0n) return undefined;
    const rows = await tx
      .tables<FactorTables>()
      .selectFrom('loopin.mfa_recovery_codes')
      .select('user_id')
      .where('user_id', '=', userId)
      .execute();
    return rows.length;
  }

  async noteFailures(tx: Transaction, userId: UserId, failedAt: readonly Date[]): Promise<void> {
    await this.change(tx, userId, { failed_at: [...failedAt] });
  }

  async remove(tx: Transaction, userId: UserId): Promise<number | undefined> {
    const tables = tx.tables<FactorTables>();
    // first, as whoever redeems one locks it first: the other way round both would wait for each other
    await tables.deleteFrom('loopin.mfa_tokens').where('user_id', '=', userId).execute();
    const removed = await tables
      .deleteFrom('loopin.mfa_totp')
      .where('user_id', '=', userId)
      .where('pending_until', 'is', null)
      .executeTakeFirst();
    if (removed.numDeletedRows === 0n) return undefined;
    await tables.deleteFrom('loopin.mfa_recovery_codes').where('user_id', '=', userId).execute();
    const owner = await tables
      .updateTable('loopin.users')
      .set((eb) => ({ mfa_enabled: false, roles_version: eb('roles_version', '+', 1) }))
      .where('id', '=', userId)
      .returning('roles_version')
      .executeTakeFirstOrThrow();
    return owner.roles_version;
  }

  private async change(
    tx: Transaction,
    userId: UserId,
    columns: { last_step: number } | { failed_at: Date[] },
  ): Promise<void> {
    await tx
      .tables<FactorTables>()
      .updateTable('loopin.mfa_totp')
      .set(columns)
      .where('user_id', '=', userId)
      .execute();
  }
}
