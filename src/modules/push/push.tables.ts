import type { ColumnType, Generated } from 'kysely';
import type { DeviceId, NotificationId, UserId } from '../../shared/ids';
import type { DeliveryState, NotificationStatus } from './notifications/notification.store';
import type { Audience, Content, Options } from './push.schema';

type Json<Value> = ColumnType<Value, string, never>;

export interface PushTables {
  'loopin.push_notifications': {
    id: NotificationId;
    status: NotificationStatus;
    audience: Json<Audience>;
    content: Json<Content>;
    options: Json<Options>;
    recipients: number | null;
    created_by: string;
    created_at: Date;
    completed_at: Generated<Date | null>;
  };
  'loopin.push_chunks': {
    notification_id: NotificationId;
    chunk: number;
    provider: string;
    idempotency_key: string;
    state: 'pending' | 'sent' | 'failed';
    provider_message_id: Generated<string | null>;
    reason: Generated<string | null>;
    sent_at: Generated<Date | null>;
  };
  'loopin.push_deliveries': {
    notification_id: NotificationId;
    target: string;
    chunk: number;
    user_id: UserId;
    device_id: DeviceId;
    state: DeliveryState;
    reason: string | null;
    updated_at: Date;
  };
}
