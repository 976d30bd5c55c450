import { z } from 'zod';
import { type DeviceId, idSchema, type NotificationId, type UserId } from '../../shared/ids';
import { bodySchema, defineEvent, type EventType } from './event-type';

const userId = idSchema<'User'>();
const deviceId = idSchema<'Device'>();
const notificationId = idSchema<'Notification'>();
const ofUser = ({ userId: id }: { userId: UserId }): string => `user:${id}`;

export const UserCreated = defineEvent<{ userId: UserId }>(
  'user.created',
  'An account was opened: its address is proved',
  z.strictObject({ userId }),
  { orderBy: ofUser },
);

export const UserDeleted = defineEvent<{ userId: UserId }>(
  'user.deleted',
  'An account was erased, with all that belonged to it: forget what you keep under this id',
  z.strictObject({ userId }),
  { orderBy: ofUser },
);

export const DeviceRegistered = defineEvent<{ userId: UserId; deviceId: DeviceId; platform: string }>(
  'device.registered',
  'A user signed in on an installation for the first time',
  z.strictObject({ userId, deviceId, platform: z.string() }),
  { orderBy: ofUser },
);

export const DeviceRemoved = defineEvent<{ userId: UserId; deviceId: DeviceId }>(
  'device.removed',
  'A user removed an installation; its sessions and its push ended with it',
  z.strictObject({ userId, deviceId }),
  { orderBy: ofUser },
);

export const PushCompleted = defineEvent<{ notificationId: NotificationId; status: 'completed' | 'failed' }>(
  'push.completed',
  'Every recipient of a notification has a result; failed: nobody was reached',
  z.strictObject({ notificationId, status: z.enum(['completed', 'failed']) }),
);

/** Many at once: a notification may have 100,000 recipients. */
export const PushDelivered = defineEvent<{
  notificationId: NotificationId;
  recipients: readonly { userId: UserId; deviceId: DeviceId }[];
}>(
  'push.delivered',
  'Phones confirmed that a notification arrived: up to 500 of them in one event',
  z.strictObject({
    notificationId,
    recipients: z.array(z.strictObject({ userId, deviceId })).min(1).max(500).readonly(),
  }),
);

/** Sent by `POST /v1/webhook-endpoints/{id}/test` only, to the one endpoint, whatever that subscribes to. */
export const WebhookTest = defineEvent<{ endpointId: string }>(
  'webhook.test',
  'Somebody asked for a test',
  z.strictObject({ endpointId: z.guid() }),
);

interface CatalogueEntry {
  readonly type: string;
  readonly description: string;
  /** Of the request's body. */
  readonly schema: object;
}

const entry = <Payload>(type: EventType<Payload>): CatalogueEntry => {
  let schema: object | undefined;
  return {
    type: type.type,
    description: type.description,
    // made when somebody asks: it takes longer than all else in this file together
    get schema() {
      schema ??= bodySchema(type);
      return schema;
    },
  };
};

/** What may be subscribed to. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  entry(UserCreated),
  entry(UserDeleted),
  entry(DeviceRegistered),
  entry(DeviceRemoved),
  entry(PushCompleted),
  entry(PushDelivered),
];

/** What may come without being subscribed to. */
export const TEST_ENTRY: CatalogueEntry = entry(WebhookTest);
