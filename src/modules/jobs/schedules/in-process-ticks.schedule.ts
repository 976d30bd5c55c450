import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { Interval } from '@nestjs/schedule';
import { schedulerConfig } from '../../../config/slices';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { Clock } from '../../../shared/clock';
import type { Schedule } from '../../../shared/schedule';
import { ScheduleList } from './schedule-list';
import { SlotTaking } from './slot-taking';
import { currentSlot } from './slots';

/** Below the shortest period. It costs nothing: the database is asked only when a slot has begun. */
const LOOK_EVERY_MS = 250;

/** The worker's own clock work. Every worker ticks; the rows of slots decide who takes one. */
@Injectable()
export class InProcessTicks {
  private readonly logger = new Logger(InProcessTicks.name);
  /** The slot that each schedule was last looked at for. */
  private readonly seen = new Map<string, number>();
  private looking = false;

  constructor(
    private readonly schedules: ScheduleList,
    private readonly slots: SlotTaking,
    private readonly clock: Clock,
    @Inject(schedulerConfig.KEY) private readonly config: ConfigType<typeof schedulerConfig>,
  ) {}

  /** Never fails: the next look does what this one could not. */
  @Interval(LOOK_EVERY_MS)
  async look(): Promise<void> {
    if (this.config.scheduler !== 'in-process' || this.looking) return;
    this.looking = true;
    for (const schedule of this.schedules.all) await this.tick(schedule);
    this.looking = false;
  }

  private async tick(schedule: Schedule): Promise<void> {
    const { name } = schedule;
    const slot = currentSlot(schedule, this.clock.now()).getTime();
    if (this.seen.get(name) === slot) return;
    try {
      await this.slots.take(schedule);
      this.seen.set(name, slot);
    } catch (err) {
      const says = 'a schedule could not tick; the next look tries again';
      tellFailure(this.logger, err, says, { schedule: name });
    }
  }
}
