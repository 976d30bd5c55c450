import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Schedule } from '../../../shared/schedule';
import { JobHandlers } from '../running/job-handlers';

export const SCHEDULE_LIST = Symbol('schedules');

/** The schedules of this process, by name. */
@Injectable()
export class ScheduleList implements OnModuleInit {
  private readonly byName: ReadonlyMap<string, Schedule>;

  /** @throws Error at start-up when two schedules have one name */
  constructor(
    @Inject(SCHEDULE_LIST) readonly all: readonly Schedule[],
    private readonly handlers: JobHandlers,
  ) {
    this.byName = new Map(all.map((schedule) => [schedule.name, schedule]));
    if (this.byName.size < all.length) throw new Error('two schedules have the same name');
  }

  /** @throws Error at start-up when a schedule starts what nobody does */
  onModuleInit(): void {
    const idle = this.all.find(({ job }) => this.handlers.get(job.name) === undefined);
    if (idle !== undefined)
      throw new Error(`the schedule ${idle.name} starts ${idle.job.name}, which nobody does`);
  }

  find(name: string): Schedule | undefined {
    return this.byName.get(name);
  }
}
