import { Module } from '@nestjs/common';
import { ClientGate } from '../../platform/http/client-gate';
import { AuditModule } from '../audit';
import { DevicesModule } from '../devices';
import { AppConfigController } from './app-config.controller';
import { AppConfigGate } from './app-config.gate';
import { AppConfigService } from './app-config.service';
import { AppConfigStore } from './app-config.store';
import { CurrentAppConfig } from './current-app-config';
import { PgAppConfigStore } from './pg-app-config.store';

/** What apps have to know before anything else: versions, flags, maintenance. The worker asks for none of it. */
@Module({
  imports: [AuditModule, DevicesModule],
  controllers: [AppConfigController],
  providers: [
    AppConfigService,
    CurrentAppConfig,
    { provide: AppConfigStore, useClass: PgAppConfigStore },
    { provide: ClientGate, useClass: AppConfigGate },
  ],
  exports: [ClientGate],
})
export class AppConfigHttpModule {}
