import type { Transaction } from '../../platform/database/transaction';

/** Things that happened to one group, oldest first. */
export interface Gathered {
  readonly type: string;
  readonly groupKey: string;
  readonly items: readonly unknown[];
  /** Of the newest. */
  readonly occurredAt: Date;
}

export abstract class GatheredStore {
  /** Takes the oldest, at most so many items; whoever else takes some gets others. */
  abstract take(tx: Transaction, limit: number): Promise<Gathered[]>;
}
