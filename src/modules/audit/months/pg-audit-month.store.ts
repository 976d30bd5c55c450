import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { AuditMonthStore } from './audit-month.store';

@Injectable()
export class PgAuditMonthStore extends AuditMonthStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(month: string): Promise<boolean> {
    const { rows } = await this.database.transaction((tx) =>
      sql<{ added: boolean }>`
        select loopin.add_audit_month(${`${month}-01`}::date) as added`.execute(tx.tables()),
    );
    return rows[0]?.added === true;
  }
}
