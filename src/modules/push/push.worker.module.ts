import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oneSignalConfig, pushConfig } from '../../config/slices';
import { WebhooksWorkerModule } from '../webhooks';
import { ChunkStore } from './delivery/chunk.store';
import { DeliveryService } from './delivery/delivery.service';
import { PgChunkStore } from './delivery/pg-chunk.store';
import { FanOutService } from './fanout/fan-out.service';
import { FanOutStore } from './fanout/fan-out.store';
import { HeldRecipients } from './fanout/held-recipients';
import { PgFanOutStore } from './fanout/pg-fan-out.store';
import { DueNotifications } from './notifications/due-notifications';
import { OneSignalPushProvider } from './providers/onesignal.push-provider';
import { PushProvider } from './providers/push-provider';
import { PushConsumer } from './push.consumer';
import { PushModule } from './push.module';
import { PushSchedule } from './push.schedule';

@Module({
  imports: [
    PushModule,
    WebhooksWorkerModule,
    ConfigModule.forFeature(pushConfig),
    ConfigModule.forFeature(oneSignalConfig),
  ],
  providers: [
    DueNotifications,
    FanOutService,
    HeldRecipients,
    PushSchedule,
    DeliveryService,
    PushConsumer,
    { provide: FanOutStore, useClass: PgFanOutStore },
    { provide: ChunkStore, useClass: PgChunkStore },
    { provide: PushProvider, useClass: OneSignalPushProvider },
  ],
})
export class PushWorkerModule {}
