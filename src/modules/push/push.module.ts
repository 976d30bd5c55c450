import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oneSignalConfig, oneSignalWebhookConfig, pushConfig } from '../../config/slices';
import { WebhooksWorkerModule } from '../webhooks';
import { DeliveryService } from './delivery.service';
import { NotificationStore } from './notification.store';
import { NotificationsService } from './notifications.service';
import { OneSignalPushProvider } from './onesignal.push-provider';
import { PgNotificationStore } from './pg-notification.store';
import { PushConsumer } from './push.consumer';
import { PushController } from './push.controller';
import { PushProvider } from './push-provider';

@Module({
  providers: [NotificationsService, { provide: NotificationStore, useClass: PgNotificationStore }],
  exports: [NotificationsService, NotificationStore],
})
export class PushModule {}

@Module({
  imports: [PushModule, ConfigModule.forFeature(oneSignalWebhookConfig)],
  controllers: [PushController],
})
export class PushHttpModule {}

@Module({
  imports: [
    PushModule,
    WebhooksWorkerModule,
    ConfigModule.forFeature(pushConfig),
    ConfigModule.forFeature(oneSignalConfig),
  ],
  providers: [DeliveryService, PushConsumer, { provide: PushProvider, useClass: OneSignalPushProvider }],
})
export class PushWorkerModule {}
