import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import { secondsAfter } from '../../../shared/clock';
import { type ProviderName, takesWholeBatch } from '../providers/push-provider';
import { type ChunkRef, type Content, DEFAULT_TTL_SECONDS, type Options } from '../push.schema';
import type { Chunk } from './chunk.store';
import type { ChunkRules, Members } from './pull-out';

/** A chunk that has no result yet, locked, with what its notification says. */
export interface PendingChunk extends ChunkRules {
  readonly idempotencyKey: string;
  readonly triedBefore: boolean;
  readonly content: Content;
  readonly options: Options;
}

interface Row {
  readonly provider: ProviderName;
  readonly idempotency_key: string;
  readonly ambiguous_since: Date | null;
  readonly content: Content;
  readonly options: Options;
  readonly category: string;
  readonly respect_quiet_hours: boolean;
  readonly expires_at: Date | null;
  readonly created_at: Date;
}

export async function findPending(
  tx: Transaction,
  { notificationId, chunk }: ChunkRef,
): Promise<PendingChunk | undefined> {
  const { rows } = await sql<Row>`
    select c.provider, c.idempotency_key, c.ambiguous_since,
           n.content || coalesce(n.localizations -> c.variant, '{}') as content,
           n.options, n.category, n.respect_quiet_hours, n.expires_at, n.created_at
    from loopin.push_chunks c
    join loopin.push_notifications n on n.id = c.notification_id
    where c.notification_id = ${notificationId}
      and c.chunk = ${chunk}
      and c.state = 'pending'
    for update of c`.execute(tx.tables());
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    notificationId,
    chunk,
    provider: row.provider,
    idempotencyKey: row.idempotency_key,
    triedBefore: row.ambiguous_since !== null && takesWholeBatch(row.provider),
    content: row.content,
    options: row.options,
    category: row.category,
    respectQuietHours: row.respect_quiet_hours,
    silent: row.content.silent === true,
    expiresAt: row.expires_at ?? secondsAfter(row.created_at, row.options.ttlSeconds ?? DEFAULT_TTL_SECONDS),
  };
}

/**
 * Counts the try before it is made. For a provider that takes a batch as a whole the chunk is in doubt from here on,
 * until an answer says otherwise.
 */
export async function beginTry(
  tx: Transaction,
  pending: PendingChunk,
  members: Members,
  now: Date,
): Promise<void> {
  const whole = takesWholeBatch(pending.provider);
  const inDoubt = whole ? Number(pending.triedBefore) : members.tried.length;
  await sql`
    update loopin.push_chunks
    set members = ${members.targets.length},
        sent_at = ${now},
        ambiguous_since = case when ${whole} then coalesce(ambiguous_since, ${now}) else ambiguous_since end,
        ambiguous_retries = ambiguous_retries + ${inDoubt}
    where notification_id = ${pending.notificationId} and chunk = ${pending.chunk}`.execute(tx.tables());
}

export function toChunk(pending: PendingChunk, { targets, tried }: Members, now: Date): Chunk {
  const { provider, idempotencyKey, triedBefore, content, options, expiresAt } = pending;
  return {
    ...{ provider, idempotencyKey, triedBefore, content, targets },
    inDoubt: new Set(tried),
    priority: options.priority,
    ttlSeconds: Math.ceil((expiresAt.getTime() - now.getTime()) / 1_000),
    collapseId: options.collapseId ?? pending.notificationId,
  };
}
