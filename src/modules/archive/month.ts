import type { ArchivedTable } from '../../platform/database/archived-table';
import { DAY, secondsAfter } from '../../shared/clock';

/** A month of UTC, `YYYY-MM`. */
export type Month = string;

export const monthOf = (time: Date): Month => time.toISOString().slice(0, 7);
export const startOf = (month: Month): Date => new Date(`${month}-01T00:00:00.000Z`);

/** The first moment that no longer belongs to it. */
export function endOf(month: Month): Date {
  const end = startOf(month);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return end;
}

/** Whether its last row is old enough to leave the database. */
export const isDue = ({ keepDays }: ArchivedTable, month: Month, now: Date): boolean =>
  endOf(month) <= secondsAfter(now, -keepDays * DAY);
