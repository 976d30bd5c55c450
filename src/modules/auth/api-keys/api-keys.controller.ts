import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { CurrentUser, Endpoint, ResourceId } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import type { ApiKeyId } from '../../../shared/ids';
import {
  ApiKeyCreated,
  ApiKeyRotated,
  ApiKeysAnswer,
  ApiKeysQuery,
  type ApiKeyView,
  CreateApiKeyBody,
} from '../accounts/admin.schema';
import type { NewApiKey } from './api-key.store';
import { toApiKeyView } from './api-key-view';
import { ApiKeysService } from './api-keys.service';

@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  /** The one time that the key is shown. */
  @Post()
  @Endpoint({
    summary: 'Make an API key; it is shown once',
    access: fresh(ADMIN),
    idempotency: 'optional',
    answer: ApiKeyCreated,
  })
  async create(
    @CurrentUser() caller: UserPrincipal,
    @ResourceId() id: ApiKeyId,
    @Body() body: CreateApiKeyBody,
  ): Promise<ApiKeyCreated> {
    const { apiKey, key } = await this.apiKeys.create(principalKey(caller), id, body);
    return { ...toNewView(apiKey), key };
  }

  @Get()
  @Endpoint({
    summary: 'API keys',
    access: fresh(ADMIN_OR_DEVELOPER),
    acceptsQuery: true,
    answer: ApiKeysAnswer,
  })
  async list(@Query() query: ApiKeysQuery): Promise<ApiKeysAnswer> {
    const page = await this.apiKeys.list(query);
    return { data: page.data.map(toApiKeyView), nextCursor: page.nextCursor };
  }

  /** The old key ends in 24 hours at the latest. */
  @Post(':id/rotate')
  @Endpoint({
    summary: 'Replace an API key; the old one is good for 24 hours more',
    access: fresh(ADMIN),
    idempotency: 'optional',
    answer: ApiKeyRotated,
  })
  async rotate(
    @CurrentUser() caller: UserPrincipal,
    @ResourceId() newId: ApiKeyId,
    @IdParam('id') id: ApiKeyId,
  ): Promise<ApiKeyRotated> {
    const { apiKey, key, oldEndsAt } = await this.apiKeys.rotate(principalKey(caller), id, newId);
    return { ...toNewView(apiKey), key, replaces: { id, expiresAt: oldEndsAt.toISOString() } };
  }

  @Delete(':id')
  @Endpoint({ summary: 'Revoke an API key', access: fresh(ADMIN), status: 204 })
  async revoke(@CurrentUser() caller: UserPrincipal, @IdParam('id') id: ApiKeyId): Promise<void> {
    await this.apiKeys.revoke(principalKey(caller), id);
  }
}

const toNewView = (key: NewApiKey): ApiKeyView =>
  toApiKeyView({ ...key, revokedAt: null, lastUsedAt: null, replacedBy: null });
