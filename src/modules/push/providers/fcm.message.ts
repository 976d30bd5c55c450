import type { Content } from '../push.schema';
import type { PushBatch } from './push-provider';

/** FCM's own limit; what waits longer there than we wait is no use. */
const MAX_TTL_SECONDS = 28 * 24 * 3600;
const ANDROID_PRIORITY = { high: 'HIGH', normal: 'NORMAL' } as const;
/** developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns */
const APNS_PRIORITY = { high: '10', normal: '5' } as const;

type Fields = Record<string, unknown>;

/**
 * Our notification in FCM's words, but for the token (firebase.google.com/docs/reference/fcm/rest/v1/projects.messages).
 * The collapse id is on each kind of phone: FCM knows no idempotency key, so that a repeated call shows once only by it.
 * A deep link travels as `data.deepLink`: FCM has no field that opens one on a phone.
 */
export function fcmMessage(batch: PushBatch, now: Date): Fields {
  const { content } = batch;
  return definedOnly({
    notification: content.silent ? undefined : notification(content),
    data: data(content),
    android: android(batch),
    apns: apns(batch, now),
    webpush: content.silent ? undefined : { notification: { tag: batch.collapseId } },
  });
}

const notification = ({ title, body, imageUrl }: Content): Fields =>
  definedOnly({ title, body, image: imageUrl });

/** Values are strings there; whatever else was given is its JSON. */
function data({ data: given, deepLink }: Content): Fields | undefined {
  const entries = Object.entries({ ...given, ...(deepLink !== undefined && { deepLink }) });
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')]),
  );
}

function android({ content, priority, ttlSeconds, collapseId }: PushBatch): Fields {
  return definedOnly({
    collapse_key: collapseId,
    priority: priority && ANDROID_PRIORITY[priority],
    ttl: `${Math.min(ttlSeconds, MAX_TTL_SECONDS)}s`,
    notification: content.silent
      ? undefined
      : definedOnly({
          tag: collapseId,
          channel_id: content.androidChannelId,
          sound: content.sound,
          notification_count: content.badge,
        }),
  });
}

function apns({ content, priority, ttlSeconds, collapseId }: PushBatch, now: Date): Fields {
  const { silent, badge, sound, interruptionLevel, imageUrl } = content;
  const expiration = Math.floor(now.getTime() / 1_000) + ttlSeconds;
  const aps = definedOnly({
    'content-available': silent ? 1 : undefined,
    'mutable-content': imageUrl === undefined || silent ? undefined : 1,
    'interruption-level': interruptionLevel?.replace('_', '-'),
    badge,
    sound,
  });
  return definedOnly({
    headers: definedOnly({
      'apns-collapse-id': collapseId,
      'apns-expiration': String(expiration),
      'apns-push-type': silent ? 'background' : 'alert',
      // a background push of another priority is refused
      'apns-priority': silent ? '5' : priority && APNS_PRIORITY[priority],
    }),
    payload: { aps },
    fcm_options: imageUrl === undefined || silent ? undefined : { image: imageUrl },
  });
}

const definedOnly = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
