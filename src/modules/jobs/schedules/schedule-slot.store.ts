import type { Transaction } from '../../../platform/database/transaction';
import type { JobId } from '../../../shared/ids';

export abstract class ScheduleSlotStore {
  /** @returns the newest slot up to then that was taken */
  abstract newestTaken(schedule: string, upTo: Date): Promise<Date | undefined>;
  /** Waits for whoever is about to take it. @returns false when it was taken before */
  abstract take(tx: Transaction, schedule: string, slot: Date, now: Date): Promise<boolean>;
  abstract noteJob(tx: Transaction, schedule: string, slot: Date, jobId: JobId): Promise<void>;
}
