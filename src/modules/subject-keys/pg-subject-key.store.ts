import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import type { UserId } from '../../shared/ids';
import { type SealedSubjectKey, type SubjectKeyId, SubjectKeyStore } from './subject-key.store';

export interface SubjectKeyTables {
  'loopin.subject_keys': {
    id: SubjectKeyId;
    user_id: UserId;
    key_sealed: Buffer;
    created_at: Date;
  };
}

const COLUMNS = ['id', 'user_id as userId', 'key_sealed as keySealed'] as const;

/** As a part of a statement that writes under the key: a user who is gone gets none, and what is written stays noise. */
export const subjectKeyInsert = (key: SealedSubjectKey, now: Date): RawBuilder<unknown> => sql`
  insert into loopin.subject_keys (id, user_id, key_sealed, created_at)
  select ${key.id}::uuid, u.id, ${key.keySealed}::bytea, ${now}::timestamptz
  from loopin.users u
  where u.id = ${key.userId}::uuid`;

@Injectable()
export class PgSubjectKeyStore extends SubjectKeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  async add(tx: Transaction, keys: readonly SealedSubjectKey[], now: Date): Promise<void> {
    await sql`
      insert into loopin.subject_keys (id, user_id, key_sealed, created_at)
      select k.id, u.id, k.key_sealed, ${now}::timestamptz
      from unnest(
        ${keys.map(({ id }) => id)}::uuid[],
        ${keys.map(({ userId }) => userId)}::uuid[],
        ${keys.map(({ keySealed }) => keySealed)}::bytea[]
      ) as k(id, user_id, key_sealed)
      join loopin.users u on u.id = k.user_id`.execute(tx.tables());
  }

  async ofUsers(userIds: readonly UserId[]): Promise<SealedSubjectKey[]> {
    return this.keys()
      .select(COLUMNS)
      .distinctOn('user_id')
      .where('user_id', '=', (eb) => eb.fn.any(eb.val([...userIds])))
      .orderBy('user_id')
      .execute();
  }

  async byIds(ids: readonly SubjectKeyId[]): Promise<SealedSubjectKey[]> {
    return this.keys()
      .select(COLUMNS)
      .where('id', '=', (eb) => eb.fn.any(eb.val([...ids])))
      .execute();
  }

  async destroy(tx: Transaction, userId: UserId): Promise<number> {
    const { numDeletedRows } = await tx
      .tables<SubjectKeyTables>()
      .deleteFrom('loopin.subject_keys')
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  private keys() {
    return this.database.tables<SubjectKeyTables>().selectFrom('loopin.subject_keys');
  }
}
