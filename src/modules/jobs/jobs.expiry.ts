import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

const KEEP_ENDED = 30 * DAY;
/** Somebody still has to look at them. */
const KEEP_FAILED = 90 * DAY;
/** Longer than the longest period: what was missed is told by the newest slot. */
const KEEP_SLOTS = 40 * DAY;

export const JOBS_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.jobs', column: 'finished_at', keepSeconds: KEEP_ENDED, states: ['done', 'cancelled'] },
  { table: 'loopin.jobs', column: 'finished_at', keepSeconds: KEEP_FAILED, states: ['failed'] },
  { table: 'loopin.schedule_slots', column: 'taken_at', keepSeconds: KEEP_SLOTS },
];
