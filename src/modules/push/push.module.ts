import { Module } from '@nestjs/common';
import { NotificationStore } from './notification.store';
import { PgNotificationStore } from './pg-notification.store';

@Module({
  providers: [{ provide: NotificationStore, useClass: PgNotificationStore }],
  exports: [NotificationStore],
})
export class PushModule {}
