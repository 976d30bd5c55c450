import { randomUUID } from 'node:crypto';
import { range } from './concurrently';

export type Way = 'onesignal' | 'fcm';

export interface Recipient {
  readonly userId: string;
  readonly deviceId: string;
  readonly target: string;
  readonly fallback: string | null;
}

type Sql = (text: string, values: readonly unknown[]) => Promise<unknown>;

/** People with one phone each, signed in, with a device token that stands: straight into the tables. */
export async function addRecipients(
  sql: Sql,
  count: number,
  way: Way,
  withFallback: boolean,
): Promise<Recipient[]> {
  const all = range(count).map(() => ({
    userId: randomUUID(),
    deviceId: randomUUID(),
    target: randomUUID(),
    fallback: withFallback ? randomUUID() : null,
  }));
  const users = all.map(({ userId }) => userId);
  const devices = all.map(({ deviceId }) => deviceId);
  const targets = all.map(({ target }) => target);
  const fallbacks = all.map(({ fallback }) => fallback);
  await sql(
    `insert into loopin.users (id, email, created_at)
     select id, id || '@example.com', now() from unnest($1::uuid[]) id`,
    [users],
  );
  await sql(
    `insert into loopin.devices (id, user_id, device_id, platform, app_version, token_hash, push_provider, push_target,
       fallback_provider, fallback_target, created_at, last_seen_at)
     select gen_random_uuid(), u, d, 'ios', '1.0.0', 'hash', $5, t, case when f is not null then $6 end, f, now(), now()
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as r(u, d, t, f)`,
    [users, devices, targets, fallbacks, way, way === 'fcm' ? 'onesignal' : 'fcm'],
  );
  await sql(
    `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
       expires_at, absolute_expires_at)
     select gen_random_uuid(), u, d, 'aal1', '{pwd}', now(), now(), now(), now() + interval '7 days', now() + interval '90 days'
     from unnest($1::uuid[], $2::uuid[]) as r(u, d)`,
    [users, devices],
  );
  return all;
}
