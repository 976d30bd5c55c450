import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { WebhookDocumentation } from '../../../platform/http/webhook-documentation';
import { AuditModule } from '../../audit';
import { CATALOGUE, TEST_ENTRY } from '../../events';
import { DeliveriesController } from './deliveries/deliveries.controller';
import { WebhookDeliveries } from './deliveries/deliveries.service';
import { DeliveryLogStore } from './deliveries/delivery-log.store';
import { PgDeliveryLogStore } from './deliveries/pg-delivery-log.store';
import { EventTypesController } from './endpoints/event-types.controller';
import { PgWebhookEndpointStore } from './endpoints/pg-webhook-endpoint.store';
import { WebhookEndpointStore } from './endpoints/webhook-endpoint.store';
import { WebhookEndpointsController } from './endpoints/webhook-endpoints.controller';
import { WebhookEndpoints } from './endpoints/webhook-endpoints.service';

/** Endpoints that are told of what happens here, and what was sent to them. */
@Module({
  imports: [AuditModule, ConfigModule.forFeature(keysConfig)],
  controllers: [WebhookEndpointsController, EventTypesController, DeliveriesController],
  providers: [
    WebhookEndpoints,
    WebhookDeliveries,
    { provide: WebhookEndpointStore, useClass: PgWebhookEndpointStore },
    { provide: DeliveryLogStore, useClass: PgDeliveryLogStore },
    { provide: WebhookDocumentation, useValue: new WebhookDocumentation([...CATALOGUE, TEST_ENTRY]) },
  ],
})
export class OutboundHttpModule {}
