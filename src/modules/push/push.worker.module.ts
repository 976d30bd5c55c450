import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ConfigModule } from '@nestjs/config';
import { fcmConfig, oneSignalConfig, pushConfig, sendingGuardConfig } from '../../config/slices';
import { Shutdown } from '../../platform/lifecycle/shutdown';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { WebhooksWorkerModule } from '../webhooks';
import { ChunkStore } from './delivery/chunk.store';
import { DeliveryService } from './delivery/delivery.service';
import { Failover } from './delivery/failover';
import { PgChunkStore } from './delivery/pg-chunk.store';
import { SendingGuard } from './delivery/sending-guard';
import { FanOutService } from './fanout/fan-out.service';
import { FanOutStore } from './fanout/fan-out.store';
import { HeldRecipients } from './fanout/held-recipients';
import { PgFanOutStore } from './fanout/pg-fan-out.store';
import { DueNotifications } from './notifications/due-notifications';
import { FcmPushProvider } from './providers/fcm.push-provider';
import { OneSignalPushProvider } from './providers/onesignal.push-provider';
import { PushProviders } from './providers/push-providers';
import { PushConsumer } from './push.consumer';
import { PushModule } from './push.module';
import { PushSchedule } from './push.schedule';

/** FCM joins where its service account is given. */
function pushProviders(
  oneSignal: OneSignalPushProvider,
  { account, ...fcm }: ConfigType<typeof fcmConfig>,
  shutdown: Shutdown,
): PushProviders {
  if (account === undefined) return new PushProviders([oneSignal]);
  return new PushProviders([oneSignal, new FcmPushProvider({ ...fcm, account }, shutdown)]);
}

@Module({
  imports: [
    AuditModule,
    DevicesModule,
    PushModule,
    WebhooksWorkerModule,
    ConfigModule.forFeature(pushConfig),
    ConfigModule.forFeature(oneSignalConfig),
    ConfigModule.forFeature(fcmConfig),
    ConfigModule.forFeature(sendingGuardConfig),
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
    Failover,
    SendingGuard,
    OneSignalPushProvider,
    {
      provide: PushProviders,
      inject: [OneSignalPushProvider, fcmConfig.KEY, Shutdown],
      useFactory: pushProviders,
    },
  ],
})
export class PushWorkerModule {}
