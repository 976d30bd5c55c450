import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { ChunkRef } from '../push.schema';
import type { ChunkResult } from './chunk.store';

/** The result of a provider call, for each recipient of its chunk. */
export async function settleDeliveries(
  tx: Transaction,
  ref: ChunkRef,
  result: ChunkResult,
  now: Date,
): Promise<void> {
  const sent = result.state === 'sent';
  const invalid = sent ? result.invalidTargets : [];
  await sql`
    update loopin.push_deliveries
    set state = case when target = any(${invalid}::text[]) then 'invalid' else ${sent ? 'sent' : result.deliveryState} end,
        reason = case when target = any(${invalid}::text[]) then 'invalid_token' else ${sent ? null : result.reason}::text end,
        updated_at = ${now}
    where notification_id = ${ref.notificationId}
      and chunk = ${ref.chunk}
      and state = 'pending'`.execute(tx.tables());
}
