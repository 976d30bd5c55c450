import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import type { Schedule } from '../../../shared/schedule';
import { Jobs } from '../jobs.service';
import { ScheduleSlotStore } from './schedule-slot.store';
import { currentSlot, droppedSlots, dueSlots, slotOf } from './slots';

/** Turns times into jobs: each slot into one, whoever says that its time has come, and however often. */
@Injectable()
export class SlotTaking {
  private readonly logger = new Logger(SlotTaking.name);

  constructor(
    private readonly store: ScheduleSlotStore,
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Enqueues what is due of a schedule, by its catch-up.
   * @param scheduledTime where somebody else's clock ticked: the time that it says
   */
  async take(schedule: Schedule, scheduledTime?: Date): Promise<void> {
    const now = this.clock.now();
    const ticked = scheduledTime && slotOf(schedule, scheduledTime);
    const newest = await this.store.newestTaken(schedule.name, currentSlot(schedule, now));
    const count = droppedSlots(schedule, now, newest);
    if (count > 0)
      this.logger.warn(
        { schedule: schedule.name, count },
        'too many slots were missed: the oldest are dropped',
      );
    for (const slot of dueSlots(schedule, now, newest, ticked)) await this.takeSlot(schedule, slot);
  }

  private async takeSlot(schedule: Schedule, slot: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.store.take(tx, schedule.name, slot, this.clock.now()))) return;
      const { id } = await this.jobs.enqueue(tx, schedule.job, { slot: slot.toISOString() });
      await this.store.noteJob(tx, schedule.name, slot, id);
    });
  }
}
