import type { PushBatch } from './push-provider';

const PRIORITY = { high: 10, normal: 5 };

/** Our notification in OneSignal's words (documentation.onesignal.com/reference/create-message). */
export function oneSignalMessage(appId: string, batch: PushBatch): Record<string, unknown> {
  const { content, priority } = batch;
  const { title, body, silent } = content;
  return definedOnly({
    app_id: appId,
    target_channel: 'push',
    include_subscription_ids: batch.targets,
    idempotency_key: batch.idempotencyKey,
    headings: title === undefined ? undefined : { en: title },
    contents: body === undefined && title === undefined ? undefined : { en: body ?? title },
    data: content.data,
    content_available: silent,
    app_url: content.deepLink,
    big_picture: content.imageUrl,
    ios_attachments: content.imageUrl === undefined ? undefined : { image: content.imageUrl },
    ios_badgeType: content.badge === undefined ? undefined : 'SetTo',
    ios_badgeCount: content.badge,
    ios_sound: content.sound,
    ios_interruption_level: content.interruptionLevel,
    android_channel_id: content.androidChannelId,
    priority: priority === undefined ? undefined : PRIORITY[priority],
    ttl: batch.ttlSeconds,
    collapse_id: batch.collapseId,
  });
}

const definedOnly = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
