import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import type { QuietHours } from './preferences.schema';

export interface Preferences {
  /** Names of categories, sorted. */
  readonly optedOut: readonly string[];
  readonly quietHours: QuietHours | null;
}

/** What a user wants to hear, and when. */
export abstract class PreferencesStore {
  /** Those of a user who never chose: everything, at any time. */
  abstract find(userId: UserId): Promise<Preferences>;

  /** The same, locked until the transaction ends. */
  abstract lock(tx: Transaction, userId: UserId, now: Date): Promise<Preferences>;

  /** After `lock`. */
  abstract replace(tx: Transaction, userId: UserId, preferences: Preferences, now: Date): Promise<void>;

  /** Whether quiet hours can be reckoned there. */
  abstract knowsTimezone(timezone: string): Promise<boolean>;
}
