import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oneSignalConfig, pushConfig } from '../../config/slices';
import { WebhooksWorkerModule } from '../webhooks';
import { DeliveryService } from './delivery.service';
import { OneSignalPushProvider } from './onesignal.push-provider';
import { PushConsumer } from './push.consumer';
import { PushModule } from './push.module';
import { PushProvider } from './push-provider';

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
