import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { keysConfig, outboundConfig } from '../../../config/slices';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { guardedConnector } from '../../../platform/outbound/guarded-connector';
import { OriginPools } from '../../../platform/outbound/origin-pools';
import { AuditModule } from '../../audit';
import { MailModule } from '../../mail';
import { AttemptResults } from './dispatch/attempt-results';
import { DeliveriesSchedule } from './dispatch/deliveries.schedule';
import { DeliveryDispatcher } from './dispatch/delivery-dispatcher';
import { DeliveryQueue } from './dispatch/delivery-queue';
import { EndpointHealth } from './dispatch/endpoint-health';
import { EndpointHealthStore } from './dispatch/endpoint-health.store';
import { PgDeliveryQueue } from './dispatch/pg-delivery-queue';
import { PgEndpointHealthStore } from './dispatch/pg-endpoint-health.store';
import { UndiciWebhookSender } from './sending/undici.webhook-sender';
import { WebhookSender } from './sending/webhook-sender';

const originPools = {
  provide: OriginPools,
  inject: [outboundConfig.KEY, Shutdown],
  useFactory: ({ allow }: ConfigType<typeof outboundConfig>, shutdown: Shutdown): OriginPools => {
    const pools = new OriginPools(guardedConnector(allow));
    shutdown.onClose(() => pools.close());
    return pools;
  },
};

/** Sends what happens here to whoever subscribes. */
@Module({
  imports: [
    AuditModule,
    MailModule,
    ConfigModule.forFeature(keysConfig),
    ConfigModule.forFeature(outboundConfig),
  ],
  providers: [
    AttemptResults,
    DeliveriesSchedule,
    DeliveryDispatcher,
    EndpointHealth,
    originPools,
    { provide: DeliveryQueue, useClass: PgDeliveryQueue },
    { provide: EndpointHealthStore, useClass: PgEndpointHealthStore },
    { provide: WebhookSender, useClass: UndiciWebhookSender },
  ],
})
export class OutboundWorkerModule {}
