import { fcmMessage } from './fcm.message';
import type { PushBatch } from './push-provider';

const NOW = new Date('2026-11-23T12:00:00Z');
const BATCH: PushBatch = {
  targets: [],
  content: { title: 'Table', body: 'is ready' },
  priority: undefined,
  ttlSeconds: 60,
  collapseId: 'collapse',
  idempotencyKey: 'key',
};

describe('a notification in the words of FCM', () => {
  it('collapses on every kind of phone, and expires when ours does', () => {
    expect(fcmMessage(BATCH, NOW)).toEqual({
      notification: { title: 'Table', body: 'is ready' },
      android: { collapse_key: 'collapse', ttl: '60s', notification: { tag: 'collapse' } },
      apns: {
        headers: {
          'apns-collapse-id': 'collapse',
          'apns-expiration': String(NOW.getTime() / 1_000 + 60),
          'apns-push-type': 'alert',
        },
        payload: { aps: {} },
      },
      webpush: { notification: { tag: 'collapse' } },
    });
  });

  it('carries everything that a phone can be told', () => {
    const content = {
      title: 'Table',
      imageUrl: 'https://images.example/1.png',
      badge: 2,
      sound: 'bell',
      androidChannelId: 'channel',
      interruptionLevel: 'time_sensitive',
    } as const;
    const message = fcmMessage({ ...BATCH, content, priority: 'high' }, NOW);
    expect(message).toMatchObject({
      notification: { title: 'Table', image: 'https://images.example/1.png' },
      android: {
        priority: 'HIGH',
        notification: { channel_id: 'channel', sound: 'bell', notification_count: 2, tag: 'collapse' },
      },
      apns: {
        headers: { 'apns-priority': '10' },
        payload: {
          aps: { badge: 2, sound: 'bell', 'interruption-level': 'time-sensitive', 'mutable-content': 1 },
        },
        fcm_options: { image: 'https://images.example/1.png' },
      },
    });
  });

  it('wakes the app only, when it is silent', () => {
    const content = { silent: true, data: { id: 7 } };
    const message = fcmMessage({ ...BATCH, content, priority: 'high' }, NOW);
    expect(message).toMatchObject({
      data: { id: '7' },
      android: { priority: 'HIGH', collapse_key: 'collapse' },
      apns: {
        headers: { 'apns-push-type': 'background', 'apns-priority': '5' },
        payload: { aps: { 'content-available': 1 } },
      },
    });
    expect(message).not.toHaveProperty('notification');
    expect(message).not.toHaveProperty('android.notification');
    expect(message).not.toHaveProperty('webpush');
  });

  it('waits at FCM no longer than FCM would', () => {
    expect(fcmMessage({ ...BATCH, ttlSeconds: 1e9 }, NOW)).toMatchObject({
      android: { ttl: `${28 * 24 * 3600}s` },
    });
  });
});
