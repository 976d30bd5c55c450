import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import type { MailId } from '../../shared/ids';
import { MailStore, type PendingMail } from './mail.store';

interface MailTables {
  'loopin.mails': {
    id: MailId;
    template: string;
    content_sealed: Buffer | null;
    created_at: Date;
    sent_at: Generated<Date | null>;
  };
}

@Injectable()
export class PgMailStore extends MailStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, mail: PendingMail, now: Date): Promise<void> {
    await tx
      .tables<MailTables>()
      .insertInto('loopin.mails')
      .values({ id: mail.id, template: mail.template, content_sealed: mail.content, created_at: now })
      .execute();
  }

  async findUnsent(id: MailId): Promise<PendingMail | undefined> {
    const row = await this.database
      .tables<MailTables>()
      .selectFrom('loopin.mails')
      .select(['id', 'template', 'content_sealed'])
      .where('id', '=', id)
      .where('sent_at', 'is', null)
      .executeTakeFirst();
    if (row === undefined || row.content_sealed === null) return undefined;
    return { id: row.id, template: row.template, content: row.content_sealed };
  }

  async unsent(tx: Transaction, after: MailId | undefined, limit: number): Promise<PendingMail[]> {
    const rows = await tx
      .tables<MailTables>()
      .selectFrom('loopin.mails')
      .select(['id', 'template', 'content_sealed'])
      .where('content_sealed', 'is not', null)
      .$if(after !== undefined, (query) => query.where('id', '>', after ?? ('' as MailId)))
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.flatMap(({ id, template, content_sealed: content }) =>
      content === null ? [] : [{ id, template, content }],
    );
  }

  async remove(tx: Transaction, ids: readonly MailId[]): Promise<void> {
    if (ids.length === 0) return;
    await tx.tables<MailTables>().deleteFrom('loopin.mails').where('id', 'in', ids).execute();
  }

  async markSent(id: MailId, now: Date): Promise<void> {
    await this.database
      .tables<MailTables>()
      .updateTable('loopin.mails')
      .set({ sent_at: now, content_sealed: null })
      .where('id', '=', id)
      .execute();
  }
}
