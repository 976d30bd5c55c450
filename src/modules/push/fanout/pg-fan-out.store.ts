import { Injectable } from '@nestjs/common';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { isUniqueViolation } from '../../../platform/database/database.errors';
import { planAnew } from '../../../platform/database/plan-anew';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId, UserId } from '../../../shared/ids';
import { completeWhenDone, findOverlooked } from '../notifications/completion';
import { type FanOut, FanOutStore, type FrozenPage, type Sizes } from './fan-out.store';
import { type PageRow, pageStatement } from './page-statement';
import { releaseStatement } from './release-statement';
import type { Cap } from './rules';

/** Held rows looked at to find the notifications they belong to. */
const LOOK_AT = 1_000;
/** One row for a target in a notification. */
const TARGETS_KEY = 'push_deliveries_pkey';

@Injectable()
export class PgFanOutStore extends FanOutStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lock(tx: Transaction, id: NotificationId): Promise<FanOut | undefined> {
    const { rows } = await sql<FanOut>`
      select id, category, dry_run as "dryRun", respect_quiet_hours as "respectQuietHours",
             coalesce((content -> 'silent')::boolean, false) as silent,
             array(select jsonb_object_keys(localizations)) as variants,
             jsonb_build_object(
               'all', audience ? 'all', 'topics', audience ? 'topics',
               'users', audience ? 'users', 'devices', audience ? 'devices'
             ) as kinds,
             expires_at as "expiresAt", audience_cursor as cursor, audience_resolved_at is not null as resolved
      from loopin.push_notifications
      where id = ${id}
        and status in ('queued', 'sending')
      for update`.execute(tx.tables());
    return rows[0];
  }

  async freezePage(tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date): Promise<FrozenPage> {
    const cap = await this.prepare(tx, fanOut);
    const page = await freeze(tx, (repeats) => pageStatement(fanOut, cap, sizes, repeats, now));
    const more = page.users === sizes.page;
    await moveCursor(tx, fanOut, { last: page.last, recipients: page.recipients, more }, now);
    if (more) return { more, chunks: page.chunks };
    const last = await closeChunks(tx, fanOut.id);
    return { more, chunks: [...page.chunks, ...last] };
  }

  async withDueRecipients(limit: number, now: Date): Promise<NotificationId[]> {
    const { rows } = await sql<{ id: NotificationId }>`
      select notification_id as id
      from (
        select notification_id, not_before
        from loopin.push_deliveries
        where chunk is null
          and not_before <= ${now}
          and state = 'pending'
        order by not_before
        limit ${LOOK_AT}
      ) due
      group by notification_id
      order by min(not_before)
      limit ${limit}`.execute(this.database.tables());
    return rows.map(({ id }) => id);
  }

  async releasePage(tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date): Promise<FrozenPage> {
    const cap = await this.prepare(tx, fanOut);
    const { rows } = await releaseStatement(fanOut, cap, sizes, now).execute(tx.tables());
    const [page = { users: 0, chunks: [] }] = rows;
    if (page.users === sizes.page) return { more: true, chunks: page.chunks };
    // while the audience is still being read, its open chunks are filled up by that
    const last = fanOut.resolved ? await closeChunks(tx, fanOut.id) : [];
    return { more: false, chunks: [...page.chunks, ...last] };
  }

  completeWhenDone(id: NotificationId, now: Date): Promise<void> {
    return completeWhenDone(this.database, id, now);
  }

  overlooked(limit: number, before: Date): Promise<NotificationId[]> {
    return findOverlooked(this.database, limit, before);
  }

  /** Who counts a category's sends waits for whoever does: each must see what the other has charged. */
  private async prepare(tx: Transaction, { category }: FanOut): Promise<Cap | undefined> {
    await planAnew(tx);
    const { rows } = await sql<Cap>`
      select cap_count as count, cap_window_seconds as "windowSeconds"
      from loopin.push_categories
      where name = ${category}
        and cap_count is not null`.execute(tx.tables());
    const [cap] = rows;
    if (cap === undefined) return undefined;
    const name = `push-cap:${category}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.tables());
    return cap;
  }
}

/**
 * Looking for a target's earlier row costs as much as writing the new one, and there hardly ever is one: only a page
 * that meets one is made again, with that look.
 */
async function freeze(
  tx: Transaction,
  statement: (repeats: boolean) => RawBuilder<PageRow>,
): Promise<PageRow> {
  await sql`savepoint page`.execute(tx.tables());
  const { rows } = await statement(false)
    .execute(tx.tables())
    .catch(async (error) => {
      if (!isUniqueViolation(error, TARGETS_KEY)) throw error;
      await sql`rollback to savepoint page`.execute(tx.tables());
      return statement(true).execute(tx.tables());
    });
  return rows[0] ?? { last: null, users: 0, recipients: 0, chunks: [] };
}

/** How far the audience is read, how many it has given so far, and whether that is all. */
async function moveCursor(
  tx: Transaction,
  { id, cursor }: FanOut,
  page: { readonly last: UserId | null; readonly recipients: number; readonly more: boolean },
  now: Date,
): Promise<void> {
  const first = cursor === null;
  await sql`
    update loopin.push_notifications
    set status = 'sending',
        audience_cursor = coalesce(${page.last}, audience_cursor),
        recipients = ${first ? sql`0` : sql`recipients`} + ${page.recipients},
        audience_resolved_at = ${page.more ? null : now}
    where id = ${id}`.execute(tx.tables());
}

/** What is not full will not get any fuller. @returns the chunks that are ready now */
async function closeChunks(tx: Transaction, id: NotificationId): Promise<number[]> {
  const { rows } = await sql<{ chunk: number }>`
    update loopin.push_chunks
    set state = 'pending'
    where notification_id = ${id}
      and state = 'open'
    returning chunk`.execute(tx.tables());
  return rows.map(({ chunk }) => chunk).sort((a, b) => a - b);
}
