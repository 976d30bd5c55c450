import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import type { NotificationId } from '../../../shared/ids';
import { DEAD_AFTER_DAYS, reachable } from '../fanout/audience';
import type { Audience, ChunkRef } from '../push.schema';
import type { PushTables } from '../push.tables';
import {
  DELIVERY_STATES,
  type DeliveryState,
  type NewNotification,
  NotificationStore,
  type NotificationSummary,
} from './notification.store';

@Injectable()
export class PgNotificationStore extends NotificationStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  async countRecipients(audience: Audience): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count
      from loopin.devices
      where ${reachable(audience, this.seenAfter())}`.execute(this.database.tables());
    return rows[0]?.count ?? 0;
  }

  async add(tx: Transaction, notification: NewNotification, now: Date): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tx
      .tables<PushTables>()
      .insertInto('loopin.push_notifications')
      .values({
        id: notification.id,
        status: 'queued',
        audience: JSON.stringify(notification.audience),
        content: JSON.stringify(notification.content),
        options: JSON.stringify(notification.options),
        recipients: notification.recipients,
        created_by: notification.createdBy,
        created_at: now,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async summary(id: NotificationId): Promise<NotificationSummary | undefined> {
    const tables = this.database.tables<PushTables>();
    const notification = await tables
      .selectFrom('loopin.push_notifications as n')
      .select(['n.id', 'n.status', 'n.created_at', 'n.completed_at'])
      .select((eb) =>
        eb
          .selectFrom('loopin.push_chunks as c')
          .whereRef('c.notification_id', '=', 'n.id')
          .select('c.provider')
          .orderBy('c.chunk')
          .limit(1)
          .as('provider'),
      )
      .where('n.id', '=', id)
      .executeTakeFirst();
    if (notification === undefined) return undefined;
    const counted = await tables
      .selectFrom('loopin.push_deliveries')
      .select(['state', (eb) => eb.fn.countAll<string>().as('count')])
      .where('notification_id', '=', id)
      .groupBy('state')
      .execute();
    return {
      id: notification.id,
      status: notification.status,
      provider: notification.provider,
      createdAt: notification.created_at,
      completedAt: notification.completed_at,
      counts: countsByState(counted),
    };
  }

  async freezeAudience(
    tx: Transaction,
    id: NotificationId,
    chunkSize: number,
    now: Date,
  ): Promise<readonly ChunkRef[] | undefined> {
    const tables = tx.tables<PushTables>();
    const notification = await tables
      .selectFrom('loopin.push_notifications')
      .select('audience')
      .where('id', '=', id)
      .where('status', '=', 'queued')
      .forUpdate()
      .executeTakeFirst();
    if (notification === undefined) return undefined;
    const { rows } = await sql<{ chunk: number; frozen: number }>`
      with frozen as (
        insert into loopin.push_deliveries
          (notification_id, target, chunk, user_id, device_id, state, updated_at)
        select ${id}, push_target, (row_number() over (order by id) - 1) / ${chunkSize}::int,
               user_id, device_id, 'pending', ${now}
        from loopin.devices
        where ${reachable(notification.audience, this.seenAfter())}
        returning chunk
      ), chunks as (
        insert into loopin.push_chunks (notification_id, chunk, provider, idempotency_key, state)
        select distinct on (chunk) ${id}::uuid, chunk, 'onesignal', gen_random_uuid(), 'pending' from frozen
        returning chunk
      )
      select chunk, (select count(*)::int from frozen) as frozen from chunks order by chunk`.execute(tables);
    await tables
      .updateTable('loopin.push_notifications')
      .set({
        recipients: rows[0]?.frozen ?? 0,
        ...(rows.length === 0
          ? { status: 'completed' as const, completed_at: now }
          : { status: 'sending' as const }),
      })
      .where('id', '=', id)
      .execute();
    return rows.map(({ chunk }) => ({ notificationId: id, chunk }));
  }

  private seenAfter(): Date {
    return secondsAfter(this.clock.now(), -DEAD_AFTER_DAYS * DAY);
  }
}

function countsByState(
  rows: readonly { state: DeliveryState; count: string }[],
): Record<DeliveryState, number> {
  const found = new Map(rows.map((row) => [row.state, Number(row.count)]));
  const entries = DELIVERY_STATES.map((state) => [state, found.get(state) ?? 0] as const);
  return Object.fromEntries(entries) as Record<DeliveryState, number>;
}
