import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { schedulerConfig } from '../../config/slices';
import type { Schedule } from '../../shared/schedule';
import { JobsModule } from './jobs.module';
import { JobHandlers } from './running/job-handlers';
import { JobLoops } from './running/job-loops.schedule';
import { JobRunStore } from './running/job-run.store';
import { JobRunner } from './running/job-runner';
import { JobTaking } from './running/job-taking';
import { JobTimings } from './running/job-timings';
import { JobsConsumer } from './running/jobs.consumer';
import { PgJobRunStore } from './running/pg-job-run.store';
import { InProcessTicks } from './schedules/in-process-ticks.schedule';
import { PgScheduleSlotStore } from './schedules/pg-schedule-slot.store';
import { SCHEDULE_LIST, ScheduleList } from './schedules/schedule-list';
import { ScheduleSlotStore } from './schedules/schedule-slot.store';
import { SlotTaking } from './schedules/slot-taking';
import { TicksConsumer } from './schedules/ticks.consumer';

/** Doing jobs, and starting those of the calendar. Every module's worker door may register a handler. */
@Global()
@Module({
  imports: [JobsModule, ConfigModule.forFeature(schedulerConfig)],
  providers: [
    JobHandlers,
    JobLoops,
    JobRunner,
    JobTaking,
    JobTimings,
    JobsConsumer,
    InProcessTicks,
    ScheduleList,
    SlotTaking,
    TicksConsumer,
    { provide: JobRunStore, useClass: PgJobRunStore },
    { provide: ScheduleSlotStore, useClass: PgScheduleSlotStore },
  ],
  exports: [JobHandlers],
})
export class JobsWorkerModule {
  static for(schedules: readonly Schedule[]): DynamicModule {
    return { module: JobsWorkerModule, providers: [{ provide: SCHEDULE_LIST, useValue: schedules }] };
  }
}
