import { type RawBuilder, sql } from 'kysely';
import { DAY, secondsAfter } from '../../../shared/clock';
import type { NotificationId, UserId } from '../../../shared/ids';
import { DEAD_AFTER_DAYS } from '../../devices';

/** Which kinds an audience names. */
export interface AudienceKinds {
  readonly all: boolean;
  readonly topics: boolean;
  readonly users: boolean;
  readonly devices: boolean;
}

/**
 * Whether a row of `loopin.devices` may be sent to: a push target, a device token that stands, seen lately enough,
 * signed in. Only devices that pass it are ever sent to.
 */
export function reachable(alias: string, now: Date): RawBuilder<boolean> {
  const device = sql.ref(alias);
  return sql<boolean>`(
    ${device}.push_target is not null
    and ${device}.token_hash is not null
    and ${device}.last_seen_at > ${secondsAfter(now, -DEAD_AFTER_DAYS * DAY)}
    and exists (
      select from loopin.sessions s
      where s.user_id = ${device}.user_id
        and s.device_id = ${device}.device_id
        and s.revoked_at is null
    )
  )`;
}

/**
 * The next page of an audience: `user_id`, and whether all of the user's devices are meant (`whole`) or only those
 * that the audience names (`devices`). Each kind is read by its own index from the cursor on, no further than a page: the first
 * of their union are the first of the whole. It stands after `with`, and makes `page`.
 */
export function audiencePage(
  id: NotificationId,
  kinds: AudienceKinds,
  after: UserId,
  limit: number,
): RawBuilder<unknown> {
  const streams = kinds.all
    ? [everybody(after, limit)]
    : [
        ...(kinds.topics ? [subscribers(after, limit)] : []),
        ...(kinds.users ? [users(after, limit)] : []),
        ...(kinds.devices ? [owners(after, limit)] : []),
      ];
  return sql`
    audience as materialized (
      select audience as it
      from loopin.push_notifications
      where id = ${id}
    ), page as materialized (
      select user_id, bool_or(whole) as whole, max(devices) as devices
      from (${sql.join(streams, sql` union all `)}) stream
      group by user_id
      order by user_id
      limit ${limit}
    )`;
}

const everybody = (after: UserId, limit: number) => sql`(
  select id as user_id, true as whole, null::uuid[] as devices
  from loopin.users
  where id > ${after}
  order by id
  limit ${limit}
)`;

const subscribers = (after: UserId, limit: number) => sql`(
  select s.user_id, true as whole, null::uuid[] as devices
  from audience
  cross join jsonb_array_elements_text(it -> 'topics') as t(topic)
  cross join lateral (
    select user_id
    from loopin.push_topic_subscriptions
    where topic = t.topic
      and user_id > ${after}
    order by user_id
    limit ${limit}
  ) s
)`;

const users = (after: UserId, limit: number) => sql`(
  select u.id as user_id, true as whole, null::uuid[] as devices
  from audience
  cross join jsonb_array_elements_text(it -> 'users') as n(id)
  cross join lateral (
    select id
    from loopin.users
    where id = n.id::uuid
    offset 0
  ) u
  where u.id > ${after}
  group by u.id
  order by u.id
  limit ${limit}
)`;

const owners = (after: UserId, limit: number) => sql`(
  select d.user_id, false as whole, array_agg(d.device_id) as devices
  from audience
  cross join jsonb_array_elements_text(it -> 'devices') as n(id)
  cross join lateral (
    select user_id, device_id
    from loopin.devices
    where device_id = n.id::uuid
    offset 0
  ) d
  where d.user_id > ${after}
    and (it ->> 'deviceOwner' is null or d.user_id = (it ->> 'deviceOwner')::uuid)
  group by d.user_id
  order by d.user_id
  limit ${limit}
)`;
