import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../../config/slices';
import { Caller, Endpoint, ResourceId } from '../../../../platform/http/endpoint';
import { IdParam } from '../../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../../platform/http/principal';
import type { DomainEventId, WebhookEndpointId } from '../../../../shared/ids';
import { MANAGERS, READERS } from '../outbound.access';
import {
  DeliveriesAnswer,
  DeliveriesQuery,
  DeliveryQueued,
  RecoverAnswer,
  RecoverBody,
} from './deliveries.schema';
import { WebhookDeliveries } from './deliveries.service';
import { toDeliveryView } from './delivery-view';

@Controller('v1/webhook-endpoints')
export class DeliveriesController {
  constructor(
    private readonly deliveries: WebhookDeliveries,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** Newest first, each with its attempts. */
  @Get(':id/deliveries')
  @Endpoint({
    summary: 'List what was sent to a webhook endpoint',
    access: READERS,
    acceptsQuery: true,
    answer: DeliveriesAnswer,
  })
  async list(
    @IdParam('id') id: WebhookEndpointId,
    @Query() query: DeliveriesQuery,
  ): Promise<DeliveriesAnswer> {
    const { data, nextCursor } = await this.deliveries.list(id, query);
    return { data: data.map((delivery) => toDeliveryView(id, delivery, this.keys.data)), nextCursor };
  }

  /** Sends `webhook.test` to it. */
  @Post(':id/test')
  @Endpoint({
    summary: 'Send a test to a webhook endpoint',
    access: MANAGERS,
    status: 202,
    idempotency: 'optional',
    answer: DeliveryQueued,
  })
  async test(
    @Caller() caller: Principal,
    @ResourceId() eventId: DomainEventId,
    @IdParam('id') id: WebhookEndpointId,
  ): Promise<DeliveryQueued> {
    await this.deliveries.sendTest(principalKey(caller), id, eventId);
    return { id: eventId };
  }

  /** The receiver sees the same `webhook-id` again. */
  @Post(':id/deliveries/:deliveryId/resend')
  @Endpoint({
    summary: 'Send a webhook again',
    access: MANAGERS,
    status: 202,
    idempotency: 'optional',
    answer: DeliveryQueued,
  })
  async resend(
    @Caller() caller: Principal,
    @IdParam('id') id: WebhookEndpointId,
    @IdParam('deliveryId') eventId: DomainEventId,
  ): Promise<DeliveryQueued> {
    await this.deliveries.resend(principalKey(caller), id, eventId);
    return { id: eventId };
  }

  /** All that never reached it, of the last 14 days. */
  @Post(':id/recover')
  @Endpoint({
    summary: 'Send what a webhook endpoint missed',
    access: MANAGERS,
    status: 202,
    idempotency: 'optional',
    answer: RecoverAnswer,
  })
  async recover(
    @Caller() caller: Principal,
    @IdParam('id') id: WebhookEndpointId,
    @Body() { since }: RecoverBody,
  ): Promise<RecoverAnswer> {
    const { count, nextSince } = await this.deliveries.recover(principalKey(caller), id, since);
    return { count, nextSince: nextSince?.toISOString() ?? null };
  }
}
