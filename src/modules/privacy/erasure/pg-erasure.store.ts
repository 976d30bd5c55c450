import { Injectable } from '@nestjs/common';
import { type QueryResult, type RawBuilder, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import type { JobId, MediaId, UserId } from '../../../shared/ids';
import { toEvent, UserDeleted, writeEvents } from '../../events';
import { ErasureStore, type TraceCursor, type TracePage, type Traces } from './erasure.store';

/** Rows that are looked at in one statement: some 50 ms. Nothing finds a person's deliveries faster, and nobody waits. */
const PAGE = 5_000;
const BEGINNING = { notificationId: '00000000-0000-0000-0000-000000000000', target: '' };
const NO_DEVICE = '00000000-0000-0000-0000-000000000000';
/** A notification has to say something. */
const NO_WORDS = '{"body": "erased"}';

@Injectable()
export class PgErasureStore extends ErasureStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async tracesOf(tx: Transaction, userId: UserId): Promise<Traces | undefined> {
    const { rows } = await sql<{ emails: string[]; targets: string[] }>`
      with known as (
        select u.email from loopin.users u where u.id = ${userId}
        union
        select i.email from loopin.identities i where i.user_id = ${userId}
        union
        select e.old_email from loopin.email_undos e where e.user_id = ${userId}
      )
      select
        array(
          select k.email from known k
          where not exists (select from loopin.users o where o.email = k.email and o.id <> ${userId})
        ) as emails,
        array(
          select t.target
          from loopin.devices d, unnest(array[d.push_target, d.fallback_target]) as t(target)
          where d.user_id = ${userId} and t.target is not null
        ) as targets
      from loopin.users u
      where u.id = ${userId}
      for update`.execute(tx.tables());
    return rows[0];
  }

  async forgetTraces(
    tx: Transaction,
    { emails, targets, failureDigests }: Traces & { readonly failureDigests: readonly Buffer[] },
  ): Promise<void> {
    const tables = tx.tables();
    await sql`delete from loopin.registrations where email = any(${[...emails]}::text[])`.execute(tables);
    await sql`delete from loopin.password_resets where email = any(${[...emails]}::text[])`.execute(tables);
    await sql`
      delete from loopin.sign_in_failures
      where account = any(${[...failureDigests]}::bytea[])`.execute(tables);
    // a few rows at any time: it needs no index
    await sql`
      delete from loopin.push_early_receipts
      where target = any(${[...targets]}::text[])`.execute(tables);
  }

  async removeAccount(tx: Transaction, userId: UserId): Promise<boolean> {
    const { numAffectedRows } = await sql`delete from loopin.users where id = ${userId}`.execute(tx.tables());
    if ((numAffectedRows ?? 0n) === 0n) return false;
    await writeEvents(tx, [toEvent(UserDeleted, { userId }, this.clock.now())]);
    return true;
  }

  async filesOf(userId: UserId): Promise<MediaId[]> {
    const { rows } = await sql<{ id: MediaId }>`
      select id from loopin.media where user_id = ${userId}`.execute(this.database.tables());
    return rows.map(({ id }) => id);
  }

  async exportsOf(userId: UserId): Promise<JobId[]> {
    const { rows } = await sql<{ id: JobId }>`
      select id from loopin.data_exports where user_id = ${userId}`.execute(this.database.tables());
    return rows.map(({ id }) => id);
  }

  async forgetDeliveries(
    userIds: readonly UserId[],
    after: TraceCursor | undefined,
    settled: boolean,
  ): Promise<TracePage> {
    const { notificationId, target } = after ?? BEGINNING;
    const { rows } = await this.run(sql<TraceCursor & { looked: number; erased: number; mine: number }>`
      with page as (
        select d.notification_id, d.target, d.user_id, d.state
        from loopin.push_deliveries d
        where (d.notification_id, d.target) > (${notificationId}::uuid, ${target})
        order by d.notification_id, d.target
        limit ${PAGE}
      ), theirs as (
        select p.*
        from page p
        where p.user_id = any(${[...userIds]}::uuid[]) and p.target not like 'erased:%'
      ), erased as (
        update loopin.push_deliveries d
        set target = 'erased:' || gen_random_uuid(),
            device_id = ${NO_DEVICE}::uuid,
            fallback_target = null,
            fallback_provider = null
        from theirs t
        where d.notification_id = t.notification_id
          and d.target = t.target
          and (d.state <> 'pending' or ${settled})
        returning d.notification_id, d.user_id
      ), silenced as (
        update loopin.push_notifications n
        set content = ${NO_WORDS}::jsonb, localizations = '{}'
        from (select distinct notification_id, user_id from erased) e
        where n.id = e.notification_id
          and not exists (
            select from loopin.push_deliveries o
            where o.notification_id = e.notification_id and o.user_id <> e.user_id
          )
          and not n.audience ?| array['topics', 'all']
      )
      select p.notification_id as "notificationId",
        p.target,
        (select count(*)::int from page) as looked,
        (select count(*)::int from erased) as erased,
        (select count(*)::int from theirs) as mine
      from page p
      order by p.notification_id desc, p.target desc
      limit 1`);
    const [last] = rows;
    if (last === undefined) return { next: undefined, erased: 0, left: 0 };
    const { looked, erased, mine, ...next } = last;
    return { next: looked < PAGE ? undefined : next, erased, left: mine - erased };
  }

  async forgetNotifications(userIds: readonly UserId[]): Promise<void> {
    let after: string | null = BEGINNING.notificationId;
    while (after !== null) after = await this.forgetNotificationsAfter(userIds, after);
  }

  /** @returns the last one of a whole page; null at the end */
  private async forgetNotificationsAfter(userIds: readonly UserId[], after: string): Promise<string | null> {
    const { rows } = await this.run(sql<{ last: string | null; looked: number }>`
      with page as (
        select n.id, n.audience
        from loopin.push_notifications n
        where n.id > ${after}::uuid
        order by n.id
        limit ${PAGE}
      ), silenced as (
        update loopin.push_notifications n
        set content = ${NO_WORDS}::jsonb, localizations = '{}'
        from page p
        where n.id = p.id
          and not p.audience ?| array['topics', 'all']
          and case
            when p.audience ? 'deviceOwner' then p.audience->>'deviceOwner' = any(${[...userIds]}::text[])
            when p.audience ? 'devices' then false
            else jsonb_array_length(p.audience->'users') = 1
              and p.audience->'users'->>0 = any(${[...userIds]}::text[])
          end
      )
      select (select id::text from page order by id desc limit 1) as last,
        (select count(*)::int from page) as looked`);
    const [page] = rows;
    return page === undefined || page.looked < PAGE ? null : page.last;
  }

  /** Not on the connections that all share: it takes longer than what others wait for there. */
  private run<Row>(statement: RawBuilder<Row>): Promise<QueryResult<Row>> {
    return this.database.transaction((tx) => statement.execute(tx.tables()));
  }
}
