import type { Kysely } from 'kysely';
import type { NotificationId } from '../../../shared/ids';
import type { PushTables } from '../push.tables';
import { DELIVERY_STATES, type DeliveryState, type NotificationSummary } from './notification.store';

/** A notification with its recipients counted, or undefined. */
export async function readSummary(
  tables: Kysely<PushTables>,
  id: NotificationId,
): Promise<NotificationSummary | undefined> {
  const row = await readNotification(tables, id);
  if (row === undefined) return undefined;
  const { template_name: name, template_version: version } = row;
  return {
    id: row.id,
    status: row.status,
    recipients: row.recipients,
    provider: row.provider,
    category: row.category,
    template: name === null || version === null ? null : { name, version },
    dryRun: row.dry_run,
    respectQuietHours: row.respect_quiet_hours,
    createdAt: row.created_at,
    sendAt: row.send_at,
    expiresAt: row.expires_at,
    audienceResolvedAt: row.audience_resolved_at,
    completedAt: row.completed_at,
    counts: await countByState(tables, id, row.kept_counts),
  };
}

/** Its provider is the one of the first chunk that was sent, and until then of the first chunk. */
const readNotification = (tables: Kysely<PushTables>, id: NotificationId) =>
  tables
    .selectFrom('loopin.push_notifications as n')
    .select(['n.id', 'n.status', 'n.recipients', 'n.category', 'n.template_name', 'n.template_version'])
    .select(['n.dry_run', 'n.respect_quiet_hours', 'n.created_at', 'n.send_at', 'n.expires_at'])
    .select(['n.audience_resolved_at', 'n.completed_at', 'n.kept_counts'])
    .select((eb) =>
      eb
        .selectFrom('loopin.push_chunks as c')
        .whereRef('c.notification_id', '=', 'n.id')
        .select('c.provider')
        .orderBy((order) => order('c.state', '=', 'sent'), 'desc')
        .orderBy('c.chunk')
        .limit(1)
        .as('provider'),
    )
    .where('n.id', '=', id)
    .executeTakeFirst();

/** @param kept those whose rows are gone */
async function countByState(
  tables: Kysely<PushTables>,
  id: NotificationId,
  kept: Partial<Record<DeliveryState, number>>,
): Promise<Record<DeliveryState, number>> {
  const rows = await tables
    .selectFrom('loopin.push_recipients')
    .select(['state', (eb) => eb.fn.countAll<string>().as('count')])
    .where('notification_id', '=', id)
    .groupBy('state')
    .execute();
  const found = new Map(rows.map((row) => [row.state, Number(row.count)]));
  const entries = DELIVERY_STATES.map(
    (state) => [state, (found.get(state) ?? 0) + (kept[state] ?? 0)] as const,
  );
  return Object.fromEntries(entries) as Record<DeliveryState, number>;
}
