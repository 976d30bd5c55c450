import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AuditMonths } from './audit-months';

const LOOK_EVERY_MS = 6 * 60 * 60_000;

/** Every worker looks; making a partition twice is no harm. */
@Injectable()
export class AuditMonthsSchedule implements OnApplicationBootstrap {
  private readonly logger = new Logger(AuditMonthsSchedule.name);

  constructor(private readonly months: AuditMonths) {}

  onApplicationBootstrap(): void {
    void this.makeAhead();
  }

  @Interval(LOOK_EVERY_MS)
  async makeAhead(): Promise<void> {
    try {
      const made = await this.months.makeAhead();
      if (made.length > 0) this.logger.log({ count: made.length }, 'made months of the audit ahead of time');
    } catch (err) {
      this.logger.warn({ err }, 'the next months of the audit were not made; tried again in six hours');
    }
  }
}
