import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { NotificationId } from '../../../shared/ids';

/** What a chunk and its notification say about who may get it. */
export interface ChunkRules {
  readonly notificationId: NotificationId;
  readonly chunk: number;
  readonly category: string;
  readonly respectQuietHours: boolean;
  readonly silent: boolean;
  /** After it the message is worth nothing to anybody. */
  readonly expiresAt: Date;
}

/** The one category that nobody can turn off, and that is never held. */
const SECURITY = 'security';

/** The end of a member's quiet hours, null outside them; `p` is its preferences. */
const quietUntil = ({ category, respectQuietHours, silent }: ChunkRules, now: Date): RawBuilder<Date> =>
  category === SECURITY || !respectQuietHours || silent
    ? sql`null::timestamptz`
    : sql`loopin.quiet_until(${now}::timestamptz, p.quiet_start, p.quiet_end, p.timezone)`;

/** One look in an index for each member, whatever the planner thinks of the table. */
const PREFERENCES = sql`
  left join lateral (
    select opted_out, quiet_start, quiet_end, timezone
    from loopin.push_preferences
    where user_id = d.user_id
    offset 0
  ) p on true`;

/** A device that still has this target, a device token that stands, and somebody signed in on it. */
const STILL_THERE = sql`exists (
  select from loopin.devices v
  where v.user_id = d.user_id
    and v.device_id = d.device_id
    and v.token_hash is not null
    and (
      (v.push_provider = c.provider and v.push_target = d.target)
      or (v.fallback_provider = c.provider and v.fallback_target = d.target)
    )
    and exists (
      select from loopin.sessions s
      where s.user_id = v.user_id and s.device_id = v.device_id and s.revoked_at is null
    )
)`;

/**
 * Takes out of a chunk whose first try is due who must not get it any more (their device, its push or its session is
 * gone, or they opted out) as `suppressed`, and who must not get it now (quiet hours) as held. What a frequency cap
 * counted for the held stays noted on their rows.
 */
export async function pullOut(tx: Transaction, rules: ChunkRules, now: Date): Promise<void> {
  const { notificationId, chunk, category, expiresAt } = rules;
  const optedOut = category === SECURITY ? sql`false` : sql`coalesce(${category} = any(p.opted_out), false)`;
  await sql`
    with members as materialized (
      select d.target,
             case when not ${STILL_THERE} then 'withdrawn' when ${optedOut} then 'opted_out' end as reason,
             ${quietUntil(rules, now)} as quiet_until
      from loopin.push_deliveries d
      join loopin.push_chunks c on c.notification_id = d.notification_id and c.chunk = d.chunk
      ${PREFERENCES}
      where d.notification_id = ${notificationId}
        and d.chunk = ${chunk}
        and d.state = 'pending'
    )
    update loopin.push_deliveries d
    set chunk = null,
        state = case when m.reason is null then 'pending' else 'suppressed' end,
        reason = coalesce(m.reason, 'quiet_hours'),
        not_before = case when m.reason is null then least(m.quiet_until, ${expiresAt}::timestamptz) end,
        updated_at = ${now}
    from members m
    where d.notification_id = ${notificationId}
      and d.target = m.target
      and (m.reason is not null or m.quiet_until is not null)`.execute(tx.tables());
}

/** When the last member's quiet hours end, for a chunk that may only be tried as it is; null when it may be now. */
export async function quietUntilForAll(tx: Transaction, rules: ChunkRules, now: Date): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select max(${quietUntil(rules, now)}) as until
    from loopin.push_deliveries d
    ${PREFERENCES}
    where d.notification_id = ${rules.notificationId}
      and d.chunk = ${rules.chunk}
      and d.state = 'pending'`.execute(tx.tables());
  return rows[0]?.until ?? null;
}
