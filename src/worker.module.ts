import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ARCHIVED, EXPIRING } from './data-classes';
import { ArchiveWorkerModule } from './modules/archive/archive.worker.module';
import { AuditWorkerModule } from './modules/audit/audit.worker.module';
import { AuthWorkerModule } from './modules/auth/auth.worker.module';
import { DevicesWorkerModule } from './modules/devices/devices.worker.module';
import { EventsWorkerModule } from './modules/events/events.worker.module';
import { HealthHttpModule } from './modules/health/health.http.module';
import { HousekeepingWorkerModule } from './modules/housekeeping/housekeeping.worker.module';
import { JobsWorkerModule } from './modules/jobs/jobs.worker.module';
import { MailWorkerModule } from './modules/mail/mail.worker.module';
import { MediaWorkerModule } from './modules/media/media.worker.module';
import { PrivacyWorkerModule } from './modules/privacy/privacy.worker.module';
import { PushWorkerModule } from './modules/push/push.worker.module';
import { QueuesWorkerModule } from './modules/queues/queues.worker.module';
import { WebhooksWorkerModule } from './modules/webhooks/webhooks.worker.module';
import { ArchiveModule } from './platform/archive/archive.module';
import { HealthOnlyHttpModule } from './platform/http/http.module';
import { PlatformModule } from './platform/platform.module';
import { QueueWorkerModule } from './platform/sqs/queue-worker.module';
import { SCHEDULES } from './schedules';

/** The worker process on one page: queue consumers and schedules; of HTTP only health. */
@Module({
  imports: [
    PlatformModule,
    ArchiveModule,
    HealthOnlyHttpModule,
    ScheduleModule.forRoot(),
    QueueWorkerModule,
    JobsWorkerModule.for(SCHEDULES),
    HousekeepingWorkerModule.for(EXPIRING),
    ArchiveWorkerModule.for(ARCHIVED),
    HealthHttpModule,
    AuthWorkerModule,
    AuditWorkerModule,
    DevicesWorkerModule,
    MailWorkerModule,
    MediaWorkerModule,
    PrivacyWorkerModule,
    PushWorkerModule,
    WebhooksWorkerModule,
    QueuesWorkerModule,
    EventsWorkerModule,
  ],
})
export class WorkerModule {}
