import { type RawBuilder, sql } from 'kysely';
import type { UserId } from '../../../shared/ids';
import { audiencePage, reachable } from './audience';
import type { FanOut, Sizes } from './fan-out.store';
import { filling, placement } from './placement';
import { type Cap, charge, variantFor, wishes } from './rules';

/** Before every user. */
const NOBODY = '00000000-0000-0000-0000-000000000000' as UserId;

export interface PageRow {
  /** The last user of the page; null when it is empty. */
  readonly last: UserId | null;
  readonly users: number;
  readonly recipients: number;
  readonly chunks: number[];
}

/**
 * One page of an audience, from its users to rows, chunks, inboxes and charges, in one statement.
 * @param repeats whether a target may have its row already: without it such a page is a unique violation
 */
export function pageStatement(
  fanOut: FanOut,
  cap: Cap | undefined,
  sizes: Sizes,
  repeats: boolean,
  now: Date,
): RawBuilder<PageRow> {
  const { id, dryRun, silent } = fanOut;
  return sql<PageRow>`
    with ${audiencePage(id, fanOut.kinds, fanOut.cursor ?? NOBODY, sizes.page)},
    ${wishes(fanOut, cap, now)},
    ${devices(fanOut, now)},
    ${placement(id, sizes.chunk)},
    ${landing(fanOut, cap, repeats, now)},
    ${filling(id, sizes.chunk, now)}
    ${cap === undefined || dryRun ? sql`` : sql`, ${charge(fanOut.category, cap, now)}`}
    ${silent || dryRun ? sql`` : sql`, ${inboxes(fanOut, now)}`}
    select (select user_id from page order by user_id desc limit 1) as last,
           (select count(*)::int from page) as users,
           (select count(*)::int from landed) as recipients,
           array(select chunk from filled where state = 'pending' order by chunk) as chunks`;
}

/** Each reachable device of the page, and the verdict on it. */
const devices = (fanOut: FanOut, now: Date) => sql`
  candidate as materialized (
    select d.*,
           case
             when p.opted_out then 'opted_out'
             when p.quiet_until is not null then ${fanOut.dryRun ? 'dry_run' : 'held'}
             when p.capped then 'frequency_cap'
             else ${fanOut.dryRun ? 'dry_run' : 'send'}
           end as verdict,
           p.quiet_until
    from person p
    cross join lateral (
      select d.user_id, d.device_id, d.push_target as target, d.push_provider as provider,
             d.fallback_provider, d.fallback_target, ${variantFor(sql`d.locale`, fanOut.variants)} as variant
      from loopin.devices d
      where d.user_id = p.user_id
        and (p.whole or d.device_id = any(p.devices))
        and ${reachable('d', now)}
      offset 0
    ) d
  )`;

/** A target that moved to another user while the audience is read had its turn: its chunk has one member less. */
const landing = (fanOut: FanOut, cap: Cap | undefined, repeats: boolean, now: Date) => sql`
  landed as (
    insert into loopin.push_deliveries
      (notification_id, target, chunk, user_id, device_id, provider, fallback_provider, fallback_target, variant,
       state, reason, not_before, charged, updated_at)
    select ${fanOut.id}, c.target, c.place, c.user_id, c.device_id, c.provider, c.fallback_provider,
           c.fallback_target, c.variant,
           case when c.verdict in ('send', 'held') then 'pending' else 'suppressed' end,
           case c.verdict when 'send' then null when 'held' then 'quiet_hours' else c.verdict end,
           case when c.verdict = 'held' then least(c.quiet_until, ${fanOut.expiresAt}) end,
           ${cap === undefined ? sql`false` : sql`c.verdict = 'send'`},
           ${now}
    from placed c
    ${repeats ? sql`on conflict do nothing` : sql``}
    returning user_id, chunk, provider, variant, charged
  )`;

/**
 * Everybody who is named finds it there, whatever becomes of the push; in the words of the phone seen last. The cursor
 * sees to it that nobody is named twice.
 */
const inboxes = (fanOut: FanOut, now: Date) => sql`
  filed as (
    insert into loopin.inbox_items (user_id, notification_id, variant, created_at)
    select p.user_id, ${fanOut.id}, ${inboxVariant(fanOut.variants)}, ${now}
    from person p
    where not p.opted_out
  )`;

const inboxVariant = (variants: readonly string[]) =>
  variants.length === 0
    ? sql`''`
    : variantFor(
        sql`(
          select locale
          from loopin.devices
          where user_id = p.user_id
          order by last_seen_at desc
          limit 1
        )`,
        variants,
      );
