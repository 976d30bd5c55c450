import { Injectable } from '@nestjs/common';
import { type Generated, sql } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import { HOUR, secondsAfter } from '../../shared/clock';
import type { MediaId, UserId } from '../../shared/ids';
import type { Purpose } from './media.schema';
import { type Leftover, type Media, MediaStore, pathOf } from './media.store';

interface MediaTables {
  'loopin.media': {
    id: MediaId;
    user_id: UserId;
    purpose: Purpose;
    content_type: string;
    bytes: number;
    status: 'pending' | 'ready' | 'discarded';
    created_at: Date;
    upload_until: Date;
    /** When the sweep looks at it; null: never. */
    sweep_at: Generated<Date | null>;
  };
  'loopin.users': { id: UserId };
}

/** An upload that began in time may still be under way when its URL ends. */
const SLOWEST_UPLOAD_SECONDS = HOUR;
const MEDIA = [
  'id',
  'user_id',
  'purpose',
  'content_type',
  'bytes',
  'status',
  'created_at',
  'upload_until',
] as const;

@Injectable()
export class PgMediaStore extends MediaStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lockUsage(tx: Transaction, userId: UserId): Promise<number | undefined> {
    const tables = tx.tables<MediaTables>();
    await sql`select pg_advisory_xact_lock(hashtextextended(${`media:${userId}`}, 0))`.execute(tables);
    const owner = await tables
      .selectFrom('loopin.users')
      .select('id')
      .where('id', '=', userId)
      .forKeyShare()
      .executeTakeFirst();
    if (owner === undefined) return undefined;
    const row = await tables
      .selectFrom('loopin.media')
      .select(sql<number>`coalesce(sum(bytes), 0)::float8`.as('bytes'))
      .where('user_id', '=', userId)
      .where('status', '<>', 'discarded')
      .executeTakeFirst();
    return row?.bytes ?? 0;
  }

  async add(tx: Transaction, media: Media): Promise<void> {
    await tx
      .tables<MediaTables>()
      .insertInto('loopin.media')
      .values({
        id: media.id,
        user_id: media.userId,
        purpose: media.purpose,
        content_type: media.contentType,
        bytes: media.bytes,
        status: media.status,
        created_at: media.createdAt,
        upload_until: media.uploadUntil,
        sweep_at: secondsAfter(media.uploadUntil, SLOWEST_UPLOAD_SECONDS),
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async find(userId: UserId, id: MediaId): Promise<Media | undefined> {
    const row = await this.database
      .tables<MediaTables>()
      .selectFrom('loopin.media')
      .select(MEDIA)
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (row === undefined || row.status === 'discarded') return undefined;
    return {
      id: row.id,
      userId: row.user_id,
      purpose: row.purpose,
      contentType: row.content_type,
      bytes: row.bytes,
      status: row.status,
      createdAt: row.created_at,
      uploadUntil: row.upload_until,
    };
  }

  async complete(userId: UserId, id: MediaId): Promise<boolean> {
    return this.change(userId, id, { status: 'ready', sweep_at: null });
  }

  async discard(userId: UserId, id: MediaId, now: Date): Promise<boolean> {
    return this.change(userId, id, { status: 'discarded', sweep_at: now });
  }

  async leftovers(now: Date, limit: number): Promise<readonly Leftover[]> {
    // first no longer there for its owner: a completion that comes now finds nothing
    const rows = await this.database
      .tables<MediaTables>()
      .updateTable('loopin.media')
      .set({ status: 'discarded' })
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('loopin.media')
          .select('id')
          .where('sweep_at', '<=', now)
          .orderBy('sweep_at')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
      )
      .returning(['id', 'user_id'])
      .execute();
    return rows.map(({ id, user_id }) => ({ id, path: pathOf(user_id, id) }));
  }

  async removed(ids: readonly MediaId[], now: Date): Promise<void> {
    const ended = secondsAfter(now, -SLOWEST_UPLOAD_SECONDS);
    const tables = this.database.tables<MediaTables>();
    await tables
      .deleteFrom('loopin.media')
      .where('id', 'in', ids)
      .where('status', '=', 'discarded')
      .where('upload_until', '<=', ended)
      .execute();
    await tables
      .updateTable('loopin.media')
      .set({ sweep_at: sql<Date>`upload_until + ${SLOWEST_UPLOAD_SECONDS}::int * interval '1 second'` })
      .where('id', 'in', ids)
      .where('status', '=', 'discarded')
      .execute();
  }

  /** @returns false when there is none, or it was discarded */
  private async change(
    userId: UserId,
    id: MediaId,
    columns: { status: 'ready' | 'discarded'; sweep_at: Date | null },
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .tables<MediaTables>()
      .updateTable('loopin.media')
      .set(columns)
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('status', '<>', 'discarded')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
