import { type RawBuilder, sql } from 'kysely';
import { secondsAfter } from '../../../shared/clock';
import { SECURITY } from '../push.schema';
import type { FanOut } from './fan-out.store';

/** So many to one user within so many seconds. */
export interface Cap {
  readonly count: number;
  readonly windowSeconds: number;
}

/**
 * What the wishes of each user of `page` say of this notification: `opted_out`, `quiet_until` (null when it may be
 * heard now) and `capped`. The security category passes all of them. It stands after `page`, and makes `person`.
 * Every lookup is a lateral with an offset: one look in an index a user, whatever the planner thinks of the tables.
 */
export function wishes(fanOut: FanOut, cap: Cap | undefined, now: Date): RawBuilder<unknown> {
  const { category } = fanOut;
  const secure = category === SECURITY;
  const loud = fanOut.respectQuietHours && !fanOut.silent && !secure;
  return sql`
    person as materialized (
      select p.*,
             ${secure ? sql`false` : sql`coalesce(${category} = any(w.opted_out), false)`} as opted_out,
             ${loud ? quietUntil(now) : sql`null::timestamptz`} as quiet_until,
             ${cap === undefined ? sql`false` : sql`coalesce(c.sends >= ${cap.count}, false)`} as capped
      from page p
      left join lateral (
        select opted_out, quiet_start, quiet_end, timezone
        from loopin.push_preferences
        where user_id = p.user_id
        offset 0
      ) w on true
      ${cap === undefined ? sql`` : sends(category, windowStart(cap, now))}
    )`;
}

export const windowStart = (cap: Cap, now: Date): Date => secondsAfter(now, -cap.windowSeconds);

const quietUntil = (now: Date) =>
  sql`case when w.quiet_start is not null
    then loopin.quiet_until(${now}::timestamptz, w.quiet_start, w.quiet_end, w.timezone) end`;

const sends = (category: string, since: Date) => sql`
  left join lateral (
    select (select count(*) from unnest(sent_at) t where t > ${since}) as sends
    from loopin.push_category_sends
    where user_id = p.user_id
      and category = ${category}
    offset 0
  ) c on true`;

/** Counts this notification for the users of `landed` that are charged: what is older than the window is forgotten. */
export const charge = (category: string, cap: Cap, now: Date): RawBuilder<unknown> => sql`
  charged as (
    insert into loopin.push_category_sends as s (user_id, category, sent_at)
    select distinct user_id, ${category}, array[${now}::timestamptz]
    from landed
    where charged
    on conflict (user_id, category) do update
    set sent_at = array(
      select t
      from unnest(s.sent_at) t
      where t > ${windowStart(cap, now)}
      order by t desc
      limit ${cap.count - 1}
    ) || excluded.sent_at
  )`;

/** The words for a phone: those of its locale, else of the language, else the default ones (RFC 4647, section 3.4). */
export function variantFor(locale: RawBuilder<unknown>, variants: readonly string[]): RawBuilder<string> {
  if (variants.length === 0) return sql<string>`''`;
  return sql<string>`coalesce((
    select v
    from unnest(${variants}::text[]) v
    where lower(v) = lower(${locale})
       or starts_with(lower(${locale}), lower(v) || '-')
    order by length(v) desc
    limit 1
  ), '')`;
}
