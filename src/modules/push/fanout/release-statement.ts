import { type RawBuilder, sql } from 'kysely';
import type { FanOut, Sizes } from './fan-out.store';
import { filling, placement } from './placement';
import { type Cap, charge, wishes } from './rules';

export interface ReleaseRow {
  readonly users: number;
  readonly chunks: number[];
}

/** Held recipients whose time has come, a page of users with all their rows: judged again, in one statement. */
export function releaseStatement(
  fanOut: FanOut,
  cap: Cap | undefined,
  sizes: Sizes,
  now: Date,
): RawBuilder<ReleaseRow> {
  const { id, category } = fanOut;
  return sql<ReleaseRow>`
    with ${dueUsers(fanOut, sizes, now)},
    ${wishes(fanOut, cap, now)},
    ${dueRows(fanOut, now)},
    ${placement(id, sizes.chunk)},
    ${landing(fanOut, cap, now)},
    ${filling(id, sizes.chunk, now)}
    ${cap === undefined ? sql`` : sql`, ${charge(category, cap, now)}`}
    select (select count(*)::int from page) as users,
           array(select chunk from filled where state = 'pending' order by chunk) as chunks`;
}

const dueUsers = ({ id }: FanOut, sizes: Sizes, now: Date) => sql`
  page as materialized (
    select user_id
    from loopin.push_deliveries
    where notification_id = ${id}
      and chunk is null
      and not_before <= ${now}
      and state = 'pending'
    group by user_id
    order by user_id
    limit ${sizes.page}
  )`;

/** Who was counted by the cap before, and was held again, is not counted twice. */
const dueRows = (fanOut: FanOut, now: Date) => sql`
  candidate as materialized (
    select d.*,
           case
             when ${fanOut.expiresAt <= now} then 'quiet_hours'
             when p.opted_out then 'opted_out'
             when p.quiet_until is not null then 'held'
             when p.capped and not bool_or(d.counted) over (partition by p.user_id) then 'frequency_cap'
             else 'send'
           end as verdict,
           bool_or(d.counted) over (partition by p.user_id) as paid,
           p.quiet_until
    from person p
    cross join lateral (
      select user_id, target, provider, variant, charged as counted
      from loopin.push_deliveries
      where notification_id = ${fanOut.id}
        and user_id = p.user_id
        and chunk is null
        and not_before <= ${now}
        and state = 'pending'
      offset 0
    ) d
  )`;

/** The time they were held for stays on those who are sent: it is when they were due. */
const landing = (fanOut: FanOut, cap: Cap | undefined, now: Date) => sql`
  landed as (
    update loopin.push_deliveries d
    set chunk = c.place,
        state = case when c.verdict in ('send', 'held') then 'pending' else 'suppressed' end,
        reason = case c.verdict when 'send' then null when 'held' then 'quiet_hours' else c.verdict end,
        not_before = case c.verdict
          when 'send' then d.not_before
          when 'held' then least(c.quiet_until, ${fanOut.expiresAt})
        end,
        charged = d.charged or ${cap === undefined ? sql`false` : sql`c.verdict = 'send'`},
        updated_at = ${now}
    from placed c
    where d.notification_id = ${fanOut.id}
      and d.target = c.target
    returning d.user_id, d.chunk, d.provider, d.variant, d.charged and not c.paid as charged
  )`;
