import { Body, Controller, Get, Put, Query } from '@nestjs/common';
import { ADMIN, ADMIN_OR_DEVELOPER, fresh, PUBLIC } from '../../platform/http/access';
import { CurrentUser, Endpoint } from '../../platform/http/endpoint';
import { IfMatch, type Precondition } from '../../platform/http/etag';
import { principalKey, type UserPrincipal } from '../../platform/http/principal';
import { AppConfigAnswer, AppConfigDefinition, AppConfigQuery, PutAppConfigBody } from './app-config.schema';
import { AppConfigService, viewFor } from './app-config.service';
import type { AppConfigVersion } from './app-config.store';
import { CurrentAppConfig } from './current-app-config';

@Controller('v1')
export class AppConfigController {
  constructor(
    private readonly service: AppConfigService,
    private readonly current: CurrentAppConfig,
  ) {}

  /** What an app asks at its start: which versions are served, which flags are on, when we are away. */
  @Get('app-config')
  @Endpoint({
    summary: 'Versions, flags and maintenance, for one installation',
    access: PUBLIC,
    open: 'always',
    acceptsQuery: true,
    etag: true,
    answer: AppConfigAnswer,
  })
  async get(@Query() { deviceId }: AppConfigQuery): Promise<AppConfigAnswer> {
    return viewFor(await this.current.get(), deviceId);
  }

  @Get('admin/app-config')
  @Endpoint({
    summary: 'The app config as it was written',
    access: ADMIN_OR_DEVELOPER,
    etag: true,
    answer: AppConfigDefinition,
  })
  async definition(): Promise<AppConfigDefinition> {
    return toAnswer(await this.service.newest());
  }

  /** Replaces the whole of it. The other processes follow within seconds. */
  @Put('admin/app-config')
  @Endpoint({
    summary: 'Replace the app config',
    access: fresh(ADMIN),
    open: 'always',
    etag: true,
    answer: AppConfigDefinition,
  })
  async put(
    @CurrentUser() caller: UserPrincipal,
    @IfMatch() condition: Precondition,
    @Body() { override, ...config }: PutAppConfigBody,
  ): Promise<AppConfigDefinition> {
    const change = { config, overrideReason: override?.reason };
    const next = await this.service.replace(principalKey(caller), change, (current) =>
      condition.assert(toAnswer(current)),
    );
    this.current.set(next);
    return toAnswer(next);
  }
}

/** The order of members is part of it: it is what an `ETag` stands for. */
const toAnswer = ({ version, config, changedAt }: AppConfigVersion): AppConfigDefinition => ({
  version,
  platforms: config.platforms,
  flags: config.flags,
  maintenance: config.maintenance,
  changedAt: changedAt?.toISOString() ?? null,
});
