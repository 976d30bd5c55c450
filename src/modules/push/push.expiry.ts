import type { ArchivedTable } from '../../platform/database/archived-table';
import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';
import { expireDetails } from './notifications/expired-details';

const KEEP_DAYS = 90;

export const PUSH_EXPIRY: readonly ExpiryRule[] = [
  // of messages that never were ours, such as those sent from the provider's own dashboard
  { table: 'loopin.push_early_receipts', column: 'received_at', keepSeconds: 7 * DAY },
  { table: 'loopin.inbox_items', column: 'created_at', keepSeconds: KEEP_DAYS * DAY },
  // recipients and chunks, from the day the notification was made, once their month is archived; it stays, with its counts
  { name: 'push details', keepSeconds: KEEP_DAYS * DAY, expire: expireDetails },
];

/** Nobody is pending any more by then: the latest push leaves after 30 days, and is worth nothing after 28 more. */
const SETTLED_DAYS = 58;

/** No partitions: a target is unique within its notification, and a receipt names it without a time. */
export const PUSH_ARCHIVE: readonly ArchivedTable[] = [
  {
    name: 'push_deliveries',
    table: 'loopin.push_deliveries',
    version: 1,
    keepDays: SETTLED_DAYS,
    archiveYears: 7,
    // those whose recipients are gone stay for ever, and are not looked at again
    from: 'loopin.push_notifications n join loopin.push_recipients d on d.notification_id = n.id and n.details_expired_at is null',
    time: 'n.created_at',
    order: ['notified_at', 'notification_id'],
    orderWithin: ['target'],
    columns: [
      { name: 'notification_id', type: 'uuid', sql: 'n.id' },
      { name: 'notified_at', type: 'timestamptz', sql: 'n.created_at' },
      { name: 'category', type: 'text', sql: 'n.category' },
      { name: 'user_id', type: 'uuid', sql: 'd.user_id' },
      { name: 'device_id', type: 'uuid', sql: 'd.device_id' },
      { name: 'target', type: 'text', sql: 'd.target' },
      { name: 'provider', type: 'text', sql: 'd.provider' },
      { name: 'state', type: 'text', sql: 'd.state' },
      { name: 'reason', type: 'text', sql: 'd.reason' },
      { name: 'updated_at', type: 'timestamptz', sql: 'd.updated_at' },
    ],
    personal: { of: 'user_id', columns: ['device_id', 'target'] },
    removal: 'sweep',
  },
];
