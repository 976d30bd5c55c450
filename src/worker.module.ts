import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AUTH_EXPIRY } from './modules/auth/auth.expiry';
import { AuthWorkerModule } from './modules/auth/auth.worker.module';
import { DevicesWorkerModule } from './modules/devices/devices.worker.module';
import { EVENTS_EXPIRY } from './modules/events/events.expiry';
import { EventsWorkerModule } from './modules/events/events.worker.module';
import { HealthHttpModule } from './modules/health/health.http.module';
import { HousekeepingWorkerModule } from './modules/housekeeping/housekeeping.worker.module';
import { JOBS_EXPIRY } from './modules/jobs/jobs.expiry';
import { JobsWorkerModule } from './modules/jobs/jobs.worker.module';
import { MAIL_EXPIRY } from './modules/mail/mail.expiry';
import { MailWorkerModule } from './modules/mail/mail.worker.module';
import { MediaWorkerModule } from './modules/media/media.worker.module';
import { PUSH_EXPIRY } from './modules/push/push.expiry';
import { PushWorkerModule } from './modules/push/push.worker.module';
import { QUEUES_EXPIRY } from './modules/queues/queues.expiry';
import { QueuesWorkerModule } from './modules/queues/queues.worker.module';
import { WEBHOOKS_EXPIRY } from './modules/webhooks/webhooks.expiry';
import { WebhooksWorkerModule } from './modules/webhooks/webhooks.worker.module';
import { HealthOnlyHttpModule } from './platform/http/http.module';
import { IDEMPOTENCY_EXPIRY } from './platform/http/idempotency.expiry';
import { PlatformModule } from './platform/platform.module';
import { MESSAGE_EXPIRY } from './platform/sqs/message.expiry';
import { QueueWorkerModule } from './platform/sqs/queue-worker.module';
import { SCHEDULES } from './schedules';

/** The worker process on one page: queue consumers and schedules; of HTTP only health. */
@Module({
  imports: [
    PlatformModule,
    HealthOnlyHttpModule,
    ScheduleModule.forRoot(),
    QueueWorkerModule,
    JobsWorkerModule.for(SCHEDULES),
    HousekeepingWorkerModule.for([
      ...MESSAGE_EXPIRY,
      ...IDEMPOTENCY_EXPIRY,
      ...AUTH_EXPIRY,
      ...MAIL_EXPIRY,
      ...PUSH_EXPIRY,
      ...WEBHOOKS_EXPIRY,
      ...JOBS_EXPIRY,
      ...QUEUES_EXPIRY,
      ...EVENTS_EXPIRY,
    ]),
    HealthHttpModule,
    AuthWorkerModule,
    DevicesWorkerModule,
    MailWorkerModule,
    MediaWorkerModule,
    PushWorkerModule,
    WebhooksWorkerModule,
    QueuesWorkerModule,
    EventsWorkerModule,
  ],
})
export class WorkerModule {}
