/** The partitions of the audit. */
export abstract class AuditMonthStore {
  /** Makes the month's partition. @param month `YYYY-MM` @returns false where it is there already */
  abstract add(month: string): Promise<boolean>;
}
