import { Module } from '@nestjs/common';
import { NotificationStore } from './notifications/notification.store';
import { PgNotificationStore } from './notifications/pg-notification.store';

@Module({
  providers: [{ provide: NotificationStore, useClass: PgNotificationStore }],
  exports: [NotificationStore],
})
export class PushModule {}
