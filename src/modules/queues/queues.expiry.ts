import type { ExpiryRule } from '../../platform/database/expiry-sweep';
import { DAY } from '../../shared/clock';

const KEEP_MOVED = 30 * DAY;
/** Somebody still has to decide. */
const KEEP_WAITING = 90 * DAY;

export const QUEUES_EXPIRY: readonly ExpiryRule[] = [
  {
    table: 'loopin.dead_letters',
    column: 'changed_at',
    keepSeconds: KEEP_MOVED,
    states: ['redriven', 'discarded'],
  },
  { table: 'loopin.dead_letters', column: 'changed_at', keepSeconds: KEEP_WAITING, states: ['waiting'] },
  { table: 'loopin.dead_letter_actions', column: 'requested_at', keepSeconds: KEEP_WAITING },
];
