import { type RawBuilder, sql } from 'kysely';
import type { EventFilter } from './webhook-events.schema';

/** The filter as a condition on `loopin.webhook_events e`: what is not asked for is not in it, so each has its index. */
export function eventConditions({ source, type, state, since, until }: EventFilter): RawBuilder<boolean> {
  const conditions = [
    source === undefined ? undefined : sql<boolean>`e.source = ${source}`,
    type === undefined ? undefined : sql<boolean>`e.type = ${type}`,
    state === undefined ? undefined : sql<boolean>`e.state = ${state}`,
    since === undefined ? undefined : sql<boolean>`e.received_at >= ${since}`,
    until === undefined ? undefined : sql<boolean>`e.received_at < ${until}`,
  ].filter((condition) => condition !== undefined);
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}
