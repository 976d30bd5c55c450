import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { HealthHttpModule } from './modules/health';
import { MailWorkerModule } from './modules/mail';
import { PushWorkerModule } from './modules/push';
import { WebhooksWorkerModule } from './modules/webhooks';
import { HealthOnlyHttpModule } from './platform/http/http.module';
import { PlatformModule } from './platform/platform.module';
import { QueueWorkerModule } from './platform/sqs/sqs.module';

/** The worker process on one page: queue consumers and schedules; of HTTP only health. */
@Module({
  imports: [
    PlatformModule,
    HealthOnlyHttpModule,
    ScheduleModule.forRoot(),
    QueueWorkerModule,
    HealthHttpModule,
    MailWorkerModule,
    PushWorkerModule,
    WebhooksWorkerModule,
  ],
})
export class WorkerModule {}
