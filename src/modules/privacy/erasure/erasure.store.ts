import type { Transaction } from '../../../platform/database/transaction';
import type { JobId, MediaId, UserId } from '../../../shared/ids';
import type { ErasureState } from './erasure-state';

export type TraceCursor = NonNullable<ErasureState['cursor']>;

/** By what else than the id somebody is known. */
export interface Traces {
  /** Addresses that are theirs, or were and are nobody's now. */
  readonly emails: readonly string[];
  /** Subscriptions and tokens at push providers. */
  readonly targets: readonly string[];
}

export interface TracePage {
  /** Undefined at the end. */
  readonly next: TraceCursor | undefined;
  readonly erased: number;
  /** Those that are being sent: they have to be looked at again. */
  readonly left: number;
}

/** The rows of people who leave. What is personal in which table, and what becomes of it: `personal-data.ts`. */
export abstract class ErasureStore {
  /** @returns undefined when there is no such account (any more) */
  abstract tracesOf(tx: Transaction, userId: UserId): Promise<Traces | undefined>;
  /** What is kept under an address, or a target, and not under the account. */
  abstract forgetTraces(
    tx: Transaction,
    traces: Traces & { readonly failureDigests: readonly Buffer[] },
  ): Promise<void>;
  /** With every row that belongs to it; its files are marked for removal, and who subscribes is told. @returns false when it was gone */
  abstract removeAccount(tx: Transaction, userId: UserId): Promise<boolean>;

  abstract filesOf(userId: UserId): Promise<MediaId[]>;
  abstract exportsOf(userId: UserId): Promise<JobId[]>;

  /**
   * Makes the next rows of deliveries nobody's, and what was said in notifications that went to one of these people alone.
   * @param settled also those that are being sent
   */
  abstract forgetDeliveries(
    userIds: readonly UserId[],
    after: TraceCursor | undefined,
    settled: boolean,
  ): Promise<TracePage>;
  /** The words of notifications that were for one of these people alone, wherever they went. */
  abstract forgetNotifications(userIds: readonly UserId[]): Promise<void>;
}
