import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock';
import { AuditMonthStore } from './audit-month.store';

const MONTHS_AHEAD = 3;

/** Partitions are made before their time comes: a row never has to wait for one, nor goes to the default one. */
@Injectable()
export class AuditMonths {
  constructor(
    private readonly store: AuditMonthStore,
    private readonly clock: Clock,
  ) {}

  /** This month's and the next three. @returns those that were made now */
  async makeAhead(): Promise<string[]> {
    const now = this.clock.now();
    const made: string[] = [];
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
      const month = monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)));
      if (await this.store.add(month)) made.push(month);
    }
    return made;
  }
}

const monthOf = (time: Date): string => time.toISOString().slice(0, 7);
