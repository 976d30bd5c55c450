import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { gather, PushDelivered } from '../../events';
import type { Receipt } from './chunk.store';

/** One at a time for one message of a provider: a receipt and the record of its sending must not miss each other. */
async function lockMessage(tx: Transaction, provider: string, providerMessageId: string): Promise<void> {
  const name = `push-receipt:${provider}:${providerMessageId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.tables());
}

/** Sent by itself, or with its chunk `c`. */
const WAS_SENT = sql`(d.state = 'sent' or d.state = 'pending' and c.members_state = 'sent')`;

/** @returns false when no sending of this message is recorded yet */
export async function applyReceipt(database: Database, receipt: Receipt, now: Date): Promise<boolean> {
  const { provider, providerMessageId, target } = receipt;
  const { rows } = await sql<{ recorded: boolean }>`
    with message as materialized (
      select notification_id, chunk, members_state
      from loopin.push_chunks
      where provider = ${provider}
        and provider_message_id = ${providerMessageId}
    ), delivered as (
      update loopin.push_deliveries d
      set state = 'delivered',
          updated_at = ${now}
      from message c
      where d.notification_id = c.notification_id
        and d.target = ${target}
        and d.chunk = c.chunk
        and ${WAS_SENT}
      returning d.notification_id, d.user_id, d.device_id
    ), told as (
      ${tellOfDelivered(now)}
    )
    select exists (select from message) as recorded`.execute(database.tables());
  return rows[0]?.recorded === true;
}

/** Keeps a receipt that came before our own record, unless the record has come meanwhile. */
export async function keepEarlyReceipt(tx: Transaction, receipt: Receipt, now: Date): Promise<void> {
  const { provider, providerMessageId, target } = receipt;
  await lockMessage(tx, provider, providerMessageId);
  await sql`
    insert into loopin.push_early_receipts (provider, provider_message_id, target, received_at)
    values (${provider}, ${providerMessageId}, ${target}, ${now})
    on conflict do nothing`.execute(tx.tables());
  await applyEarlyReceipts(tx, provider, providerMessageId, now);
}

/** Applies the receipts that were faster than the chunk they belong to; nothing when its sending is not recorded. */
export async function applyEarlyReceipts(
  tx: Transaction,
  provider: string,
  providerMessageId: string,
  now: Date,
): Promise<void> {
  await lockMessage(tx, provider, providerMessageId);
  await sql`
    with applied as (
      delete from loopin.push_early_receipts r
      using loopin.push_chunks c
      where r.provider = ${provider}
        and r.provider_message_id = ${providerMessageId}
        and c.provider = r.provider
        and c.provider_message_id = r.provider_message_id
      returning c.notification_id, c.chunk, c.members_state, r.target
    ), delivered as (
      update loopin.push_deliveries d
      set state = 'delivered', updated_at = ${now}
      from applied c
      where d.notification_id = c.notification_id
        and d.target = c.target
        and d.chunk = c.chunk
        and ${WAS_SENT}
      returning d.notification_id, d.user_id, d.device_id
    )
    ${tellOfDelivered(now)}`.execute(tx.tables());
}

/** The part of a statement that follows `delivered`: whoever subscribes is told of these. */
const tellOfDelivered = (now: Date): RawBuilder<unknown> =>
  gather(
    PushDelivered,
    sql`
      select notification_id::text as group_key,
             jsonb_build_object('userId', user_id, 'deviceId', device_id) as item,
             ${now}::timestamptz as occurred_at
      from delivered`,
  );
