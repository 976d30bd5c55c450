import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { Turns } from '../../../platform/lifecycle/turns';
import { JobRunner } from './job-runner';
import { JobTaking } from './job-taking';
import { JobTimings } from './job-timings';

/** What keeps jobs going: loops, because schedules are made of jobs. */
@Injectable()
export class JobLoops implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger(JobLoops.name);
  private readonly due: Turns;
  private readonly heartbeat: Turns;

  constructor(taking: JobTaking, runner: JobRunner, shutdown: Shutdown, timings: JobTimings) {
    const { logger } = this;
    const due = {
      everyMs: timings.lookEveryMs,
      work: () => taking.takeDue(),
      failed: 'taking what is due failed',
    };
    this.due = new Turns({ ...due, logger }, shutdown);
    const beat = async () => {
      await runner.beat();
      return false;
    };
    const heartbeat = { everyMs: timings.heartbeatMs, work: beat, failed: 'the heartbeat of jobs failed' };
    this.heartbeat = new Turns({ ...heartbeat, logger }, shutdown);
  }

  onApplicationBootstrap(): void {
    this.due.start();
    this.heartbeat.start();
  }

  onModuleDestroy(): void {
    this.due.stop();
  }

  /** Attempts are kept until the last one is over. */
  onApplicationShutdown(): void {
    this.heartbeat.stop();
  }
}
