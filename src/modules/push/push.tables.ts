import type { ColumnType, Generated } from 'kysely';
import type { DeviceId, NotificationId, UserId } from '../../shared/ids';
import type { DeliveryState, NotificationStatus } from './notifications/notification.store';
import type { Content, Localizations, Options, StoredAudience } from './push.schema';

type Json<Value> = ColumnType<Value, string, never>;

export interface PushTables {
  'loopin.push_notifications': {
    id: NotificationId;
    status: NotificationStatus;
    audience: Json<StoredAudience>;
    content: Json<Content>;
    localizations: Json<Localizations>;
    template_name: string | null;
    template_version: number | null;
    options: Json<Options>;
    category: string;
    respect_quiet_hours: boolean;
    dry_run: boolean;
    recipients: number | null;
    send_at: Date | null;
    expires_at: Date | null;
    created_by: string;
    created_at: Date;
    audience_cursor: Generated<UserId | null>;
    audience_resolved_at: Generated<Date | null>;
    completed_at: Generated<Date | null>;
    /** Of recipients whose rows are gone. */
    kept_counts: Generated<Partial<Record<DeliveryState, number>>>;
  };
  'loopin.push_chunks': {
    notification_id: NotificationId;
    chunk: number;
    provider: string;
    variant: string;
    members: number;
    idempotency_key: string;
    state: 'open' | 'pending' | 'sent' | 'failed';
    provider_message_id: Generated<string | null>;
    reason: Generated<string | null>;
    created_at: Date | null;
    sent_at: Generated<Date | null>;
    ambiguous_retries: Generated<number>;
  };
  /** Each recipient with what became of it, by itself or with its chunk. */
  'loopin.push_recipients': {
    notification_id: NotificationId;
    target: string;
    chunk: number | null;
    user_id: UserId;
    device_id: DeviceId;
    provider: string;
    variant: string;
    state: DeliveryState;
    reason: string | null;
    not_before: Date | null;
    updated_at: Date;
  };
}
