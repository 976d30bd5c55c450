import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { JobId } from '../../../shared/ids';
import { ScheduleSlotStore } from './schedule-slot.store';

interface SlotTables {
  'loopin.schedule_slots': {
    schedule: string;
    slot: Date;
    job_id: JobId | null;
    taken_at: Date;
  };
}

@Injectable()
export class PgScheduleSlotStore extends ScheduleSlotStore {
  constructor(private readonly database: Database) {
    super();
  }

  async newestTaken(schedule: string, upTo: Date): Promise<Date | undefined> {
    const row = await this.database
      .tables<SlotTables>()
      .selectFrom('loopin.schedule_slots')
      .select('slot')
      .where('schedule', '=', schedule)
      .where('slot', '<=', upTo)
      .orderBy('slot', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.slot;
  }

  async take(tx: Transaction, schedule: string, slot: Date, now: Date): Promise<boolean> {
    const taken = await tx
      .tables<SlotTables>()
      .insertInto('loopin.schedule_slots')
      .values({ schedule, slot, job_id: null, taken_at: now })
      .onConflict((conflict) => conflict.columns(['schedule', 'slot']).doNothing())
      .returning('slot')
      .executeTakeFirst();
    return taken !== undefined;
  }

  async noteJob(tx: Transaction, schedule: string, slot: Date, jobId: JobId): Promise<void> {
    await tx
      .tables<SlotTables>()
      .updateTable('loopin.schedule_slots')
      .set({ job_id: jobId })
      .where('schedule', '=', schedule)
      .where('slot', '=', slot)
      .execute();
  }
}
