import { type RawBuilder, sql } from 'kysely';
import type { Audience } from '../push.schema';

/** Tokens die after 270 days without contact (firebase.google.com/docs/cloud-messaging/manage-tokens). */
export const DEAD_AFTER_DAYS = 270;

/**
 * The condition on `loopin.devices` for an audience: reachable by push, with a device token that stands, seen
 * lately enough, signed in, and named by the audience. Only devices that pass it are ever sent to.
 */
export function reachable(audience: Audience, seenAfter: Date): RawBuilder<boolean> {
  return sql<boolean>`
    devices.push_provider = 'onesignal'
    and devices.push_target is not null
    and devices.token_hash is not null
    and devices.last_seen_at > ${seenAfter}
    and exists (
      select from loopin.sessions s
      where s.user_id = devices.user_id and s.device_id = devices.device_id and s.revoked_at is null
    )
    and ${named(audience)}`;
}

function named({ users, devices }: Audience): RawBuilder<boolean> {
  return sql<boolean>`(
    devices.user_id = any(${users ?? []}::uuid[])
    or devices.device_id = any(${devices ?? []}::uuid[])
  )`;
}
