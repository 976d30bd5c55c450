import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { PasswordResetStore, type ResetCode } from './password-reset.store';

interface ResetTables {
  'loopin.password_resets': { email: string; code_mac: Buffer; expires_at: Date; tries: number };
}

@Injectable()
export class PgPasswordResetStore extends PasswordResetStore {
  constructor(private readonly database: Database) {
    super();
  }

  async put(tx: Transaction, email: string, code: ResetCode): Promise<void> {
    const columns = { code_mac: code.mac, expires_at: code.expiresAt, tries: 0 };
    await tx
      .tables<ResetTables>()
      .insertInto('loopin.password_resets')
      .values({ email, ...columns })
      .onConflict((conflict) => conflict.column('email').doUpdateSet(columns))
      .execute();
  }

  async countTry(email: string, maxTries: number, now: Date): Promise<Buffer | undefined> {
    const row = await this.database
      .tables<ResetTables>()
      .updateTable('loopin.password_resets')
      .set((eb) => ({ tries: eb('tries', '+', 1) }))
      .where('email', '=', email)
      .where('tries', '<', maxTries)
      .where('expires_at', '>', now)
      .returning('code_mac')
      .executeTakeFirst();
    return row?.code_mac;
  }

  async take(tx: Transaction, email: string, mac: Buffer): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<ResetTables>()
      .deleteFrom('loopin.password_resets')
      .where('email', '=', email)
      .where('code_mac', '=', mac)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
