import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { Receipt } from './chunk.store';

/** One at a time for one message of a provider: a receipt and the record of its sending must not miss each other. */
async function lockMessage(tx: Transaction, provider: string, providerMessageId: string): Promise<void> {
  const name = `push-receipt:${provider}:${providerMessageId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx.tables());
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
      returning c.notification_id, r.target
    )
    update loopin.push_deliveries d
    set state = 'delivered', updated_at = ${now}
    from applied a
    where d.notification_id = a.notification_id
      and d.target = a.target
      and d.state = 'sent'`.execute(tx.tables());
}
