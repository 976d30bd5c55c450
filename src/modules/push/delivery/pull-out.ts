import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { ProviderName } from '../providers/push-provider';
import { type ChunkRef, SECURITY } from '../push.schema';

/** What a chunk and its notification say about who may get it. */
export interface ChunkRules extends ChunkRef {
  readonly provider: ProviderName;
  readonly category: string;
  readonly respectQuietHours: boolean;
  readonly silent: boolean;
  /** After it the message is worth nothing to anybody. */
  readonly expiresAt: Date;
}

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
const stillThere = (provider: ProviderName): RawBuilder<boolean> => sql`exists (
  select from loopin.devices v
  where v.user_id = d.user_id
    and v.device_id = d.device_id
    and v.token_hash is not null
    and (
      (v.push_provider = ${provider} and v.push_target = d.target)
      or (v.fallback_provider = ${provider} and v.fallback_target = d.target)
    )
    and exists (
      select from loopin.sessions s
      where s.user_id = v.user_id and s.device_id = v.device_id and s.revoked_at is null
    )
)`;

/** Why a member must not get it any more: null where that is not so. */
const reasonFor = ({ category, provider }: ChunkRules): RawBuilder<string> => {
  const optedOut = category === SECURITY ? sql`false` : sql`coalesce(${category} = any(p.opted_out), false)`;
  return sql`case when not ${stillThere(provider)} then 'withdrawn' when ${optedOut} then 'opted_out' end`;
};

/** The members of a chunk that have no result. */
export interface Members {
  readonly targets: readonly string[];
  /** Those that an earlier try left in doubt. */
  readonly tried: readonly string[];
}

/** JSON: pg reads an array of text character by character, which leaves megabytes of garbage behind. */
const MEMBERS = sql`
  coalesce(json_agg(d.target), '[]') as targets,
  coalesce(json_agg(d.target) filter (where d.tried_at is not null), '[]') as tried`;

/** The members as they are, whoever may get it now. */
export async function pendingMembers(tx: Transaction, { notificationId, chunk }: ChunkRef): Promise<Members> {
  const { rows } = await sql<Members>`
    select ${MEMBERS}
    from loopin.push_deliveries d
    where d.notification_id = ${notificationId}
      and d.chunk = ${chunk}
      and d.state = 'pending'`.execute(tx.tables());
  return rows[0] ?? { targets: [], tried: [] };
}

/** The members of a chunk whose first try is due, who may all get it now: the others are taken out. */
export async function admittedMembers(tx: Transaction, rules: ChunkRules, now: Date): Promise<Members> {
  const { notificationId, chunk } = rules;
  const { rows } = await sql<Members & { changed: boolean }>`
    select ${MEMBERS},
           coalesce(bool_or(${reasonFor(rules)} is not null or ${quietUntil(rules, now)} is not null), false) as changed
    from loopin.push_deliveries d
    ${PREFERENCES}
    where d.notification_id = ${notificationId}
      and d.chunk = ${chunk}
      and d.state = 'pending'`.execute(tx.tables());
  const [members] = rows;
  if (members?.changed === false) return members;
  await pullOut(tx, rules, now);
  return pendingMembers(tx, rules);
}

/**
 * Takes out of a chunk whose first try is due who must not get it any more (their device, its push or its session is
 * gone, or they opted out) as `suppressed`, and who must not get it now (quiet hours) as held. What a frequency cap
 * counted for the held stays noted on their rows.
 */
async function pullOut(tx: Transaction, rules: ChunkRules, now: Date): Promise<void> {
  const { notificationId, chunk, expiresAt } = rules;
  await sql`
    with members as materialized (
      select d.target,
             ${reasonFor(rules)} as reason,
             ${quietUntil(rules, now)} as quiet_until
      from loopin.push_deliveries d
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
