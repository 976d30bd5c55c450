import { Module } from '@nestjs/common';
import { AuthHttpModule } from './modules/auth';
import { DevicesHttpModule } from './modules/devices';
import { HealthHttpModule } from './modules/health';
import { PushHttpModule } from './modules/push';
import { WebhooksHttpModule } from './modules/webhooks';
import { ApiHttpModule } from './platform/http/http.module';
import { RequestGate } from './platform/http/request-gate';
import { PlatformModule } from './platform/platform.module';

/** The web process on one page: the API, and nothing that consumes a queue. */
@Module({
  imports: [
    PlatformModule,
    ApiHttpModule,
    HealthHttpModule,
    AuthHttpModule,
    DevicesHttpModule,
    PushHttpModule,
    WebhooksHttpModule,
  ],
  providers: [RequestGate],
})
export class WebModule {}
