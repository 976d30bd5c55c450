import { Module } from '@nestjs/common';
import { AppConfigHttpModule } from './modules/app-config/app-config.http.module';
import { AuditHttpModule } from './modules/audit/audit.http.module';
import { AuthHttpModule } from './modules/auth/auth.http.module';
import { DevicesHttpModule } from './modules/devices/devices.http.module';
import { HealthHttpModule } from './modules/health/health.http.module';
import { JobsHttpModule } from './modules/jobs/jobs.http.module';
import { MediaHttpModule } from './modules/media/media.http.module';
import { PrivacyHttpModule } from './modules/privacy/privacy.http.module';
import { PushHttpModule } from './modules/push/push.http.module';
import { QueuesHttpModule } from './modules/queues/queues.http.module';
import { WebhooksHttpModule } from './modules/webhooks/webhooks.http.module';
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
    AuditHttpModule,
    AppConfigHttpModule,
    JobsHttpModule,
    MediaHttpModule,
    PrivacyHttpModule,
    QueuesHttpModule,
  ],
  providers: [RequestGate],
})
export class WebModule {}
