import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MonthlyArchiving } from './monthly-archiving';

const LOOK_EVERY_MS = 10 * 60_000;

/** Months change seldom; what could not be done is tried again soon; workers that look at once do no harm. */
@Injectable()
export class ArchiveSchedule {
  constructor(private readonly archiving: MonthlyArchiving) {}

  @Interval(LOOK_EVERY_MS)
  async run(): Promise<void> {
    await this.archiving.run();
  }
}
