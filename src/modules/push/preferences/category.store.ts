import type { Transaction } from '../../../platform/database/transaction';
import type { Cap } from './categories.schema';

export interface Category {
  readonly name: string;
  readonly cap: Cap | null;
  readonly updatedAt: Date;
}

/** Categories that somebody has set a rule for; any other name is a category without one. */
export abstract class CategoryStore {
  /** By name; up to `limit + 1` rows from `after` on. */
  abstract list(limit: number, after: string | undefined): Promise<Category[]>;
  abstract put(tx: Transaction, category: Category): Promise<void>;
  /** @returns whether there was one */
  abstract delete(tx: Transaction, name: string): Promise<boolean>;
}
