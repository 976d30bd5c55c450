import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, outboundConfig } from '../../../config/slices';
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
    { provide: DeliveryQueue, useClass: PgDeliveryQueue },
    { provide: EndpointHealthStore, useClass: PgEndpointHealthStore },
    { provide: WebhookSender, useClass: UndiciWebhookSender },
  ],
})
export class OutboundWorkerModule {}
