import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AUTH_EXPIRY, AuthWorkerModule } from './modules/auth';
import { HealthHttpModule } from './modules/health';
import { MAIL_EXPIRY, MailWorkerModule } from './modules/mail';
import { PushWorkerModule } from './modules/push';
import { WebhooksWorkerModule } from './modules/webhooks';
import { ExpirySweepModule } from './platform/database/expiry-sweep';
import { HealthOnlyHttpModule } from './platform/http/http.module';
import { IDEMPOTENCY_EXPIRY } from './platform/http/idempotency.expiry';
import { PlatformModule } from './platform/platform.module';
import { MESSAGE_EXPIRY } from './platform/sqs/message.expiry';
import { QueueWorkerModule } from './platform/sqs/sqs.module';

/** The worker process on one page: queue consumers and schedules; of HTTP only health. */
@Module({
  imports: [
    PlatformModule,
    HealthOnlyHttpModule,
    ScheduleModule.forRoot(),
    QueueWorkerModule,
    ExpirySweepModule.for([...MESSAGE_EXPIRY, ...IDEMPOTENCY_EXPIRY, ...AUTH_EXPIRY, ...MAIL_EXPIRY]),
    HealthHttpModule,
    AuthWorkerModule,
    MailWorkerModule,
    PushWorkerModule,
    WebhooksWorkerModule,
  ],
})
export class WorkerModule {}
