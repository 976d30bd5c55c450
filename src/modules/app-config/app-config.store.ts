import type { Transaction } from '../../platform/database/transaction';
import type { AppConfig } from './app-config.schema';

export interface AppConfigVersion {
  /** From 1; 0 while nobody has written any. */
  readonly version: number;
  readonly config: AppConfig;
  readonly changedAt: Date | null;
}

/** Every version is kept; the newest counts. */
export abstract class AppConfigStore {
  abstract newest(): Promise<AppConfigVersion>;
  /** The same, for whoever is about to write the next: one at a time. */
  abstract lock(tx: Transaction): Promise<AppConfigVersion>;
  abstract add(tx: Transaction, next: AppConfigVersion, changedBy: string): Promise<void>;
}
