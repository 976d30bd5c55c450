import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { Caller, Endpoint, ResourceId } from '../../../../platform/http/endpoint';
import { IfMatch, type Precondition } from '../../../../platform/http/etag';
import { IdParam } from '../../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../../platform/http/principal';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { MANAGERS, READERS } from '../outbound.access';
import type { WebhookEndpoint } from './webhook-endpoint.store';
import {
  ChangeWebhookEndpointBody,
  CreateWebhookEndpointBody,
  WebhookEndpointAnswer,
  WebhookEndpointCreated,
  WebhookEndpointsAnswer,
  WebhookEndpointsQuery,
  WebhookSecretRotated,
} from './webhook-endpoints.schema';
import { WebhookEndpoints } from './webhook-endpoints.service';

@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpoints) {}

  /** The one time that the secret is shown. */
  @Post()
  @Endpoint({
    summary: 'Add a webhook endpoint',
    access: MANAGERS,
    idempotency: 'optional',
    answer: WebhookEndpointCreated,
  })
  async create(
    @Caller() caller: Principal,
    @ResourceId() id: WebhookEndpointId,
    @Body() body: CreateWebhookEndpointBody,
  ): Promise<WebhookEndpointCreated> {
    const { endpoint, secret } = await this.endpoints.create(principalKey(caller), id, body);
    return { ...toView(endpoint), secret };
  }

  /** Newest first. */
  @Get()
  @Endpoint({
    summary: 'List webhook endpoints',
    access: READERS,
    acceptsQuery: true,
    answer: WebhookEndpointsAnswer,
  })
  async list(@Query() query: WebhookEndpointsQuery): Promise<WebhookEndpointsAnswer> {
    const { data, nextCursor } = await this.endpoints.list(query);
    return { data: data.map(toView), nextCursor };
  }

  @Get(':id')
  @Endpoint({
    summary: 'Look at a webhook endpoint',
    access: READERS,
    etag: true,
    answer: WebhookEndpointAnswer,
  })
  async get(@IdParam('id') id: WebhookEndpointId): Promise<WebhookEndpointAnswer> {
    return toView(await this.endpoints.get(id));
  }

  /** `state: "enabled"` lets one that was disabled go on. */
  @Patch(':id')
  @Endpoint({
    summary: 'Change, disable or enable a webhook endpoint',
    access: MANAGERS,
    etag: true,
    answer: WebhookEndpointAnswer,
  })
  async change(
    @Caller() caller: Principal,
    @IdParam('id') id: WebhookEndpointId,
    @IfMatch() condition: Precondition,
    @Body() body: ChangeWebhookEndpointBody,
  ): Promise<WebhookEndpointAnswer> {
    const mayChange = (current: WebhookEndpoint) => condition.assert(toView(current));
    return toView(await this.endpoints.change(principalKey(caller), id, body, mayChange));
  }

  @Delete(':id')
  @Endpoint({ summary: 'Delete a webhook endpoint', access: MANAGERS, etag: true, status: 204 })
  async delete(
    @Caller() caller: Principal,
    @IdParam('id') id: WebhookEndpointId,
    @IfMatch() condition: Precondition,
  ): Promise<void> {
    const mayChange = (current: WebhookEndpoint) => condition.assert(toView(current));
    await this.endpoints.delete(principalKey(caller), id, mayChange);
  }

  /** The old secret signs beside the new one for 24 hours. */
  @Post(':id/secret/rotate')
  @Endpoint({
    summary: 'Replace the secret of a webhook endpoint',
    access: MANAGERS,
    idempotency: 'optional',
    answer: WebhookSecretRotated,
  })
  async rotate(
    @Caller() caller: Principal,
    @ResourceId() rotationId: string,
    @IdParam('id') id: WebhookEndpointId,
  ): Promise<WebhookSecretRotated> {
    const { secret, previousUntil } = await this.endpoints.rotate(principalKey(caller), id, rotationId);
    return { secret, previousUntil: previousUntil.toISOString() };
  }
}

/** The order of members is part of it: it is what an `ETag` stands for. */
const toView = (endpoint: WebhookEndpoint): WebhookEndpointAnswer => ({
  id: endpoint.id,
  url: endpoint.url,
  eventTypes: [...endpoint.eventTypes],
  description: endpoint.description,
  state: endpoint.state,
  disabledReason: endpoint.disabledReason,
  createdAt: endpoint.createdAt.toISOString(),
  updatedAt: endpoint.updatedAt.toISOString(),
});
