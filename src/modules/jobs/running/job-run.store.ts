import type { Transaction } from '../../../platform/database/transaction';
import type { JobId } from '../../../shared/ids';

/** One attempt at a job. What an attempt writes counts only while it is the newest. */
export interface Holder {
  readonly id: JobId;
  readonly attempt: number;
}

export interface ClaimedJob extends Holder {
  readonly name: string;
  readonly payload: unknown;
  readonly checkpoint: unknown;
  readonly failures: number;
  /** Attempts in a row whose worker died without a checkpoint. */
  readonly losses: number;
  readonly cancelRequested: boolean;
  readonly correlationId: string;
}

export interface Progress {
  readonly done: number;
  readonly total?: number | undefined;
}

export interface Checkpoint {
  /** Kept as it was where undefined. */
  readonly state?: unknown;
  readonly progress?: Progress | undefined;
}

export type Settlement =
  | { readonly state: 'done' | 'cancelled' }
  | { readonly state: 'failed'; readonly reason: string }
  | {
      readonly state: 'queued';
      readonly runAt: Date;
      readonly reason: string | undefined;
      /** Whether it counts as one of the attempts that its definition allows. */
      readonly failed: boolean;
    };

/** Whose attempt it still is, and what its holder has to know. */
export interface Standing extends Holder {
  readonly cancelRequested: boolean;
}

export interface Lease {
  readonly now: Date;
  readonly until: Date;
}

export abstract class JobRunStore {
  /** Begins the next attempt. @returns undefined when somebody is at it, it is over, its time has not come, or its name is excepted */
  abstract claim(id: JobId, exceptNames: readonly string[], lease: Lease): Promise<ClaimedJob | undefined>;
  /** Begins attempts at jobs that are due without a message: delayed, failed before, or whose worker died. */
  abstract claimDue(limit: number, exceptNames: readonly string[], lease: Lease): Promise<ClaimedJob[]>;
  /** Leaves a job to whoever has room first. */
  abstract makeDue(id: JobId, now: Date): Promise<void>;
  /** Keeps the attempts for as long again. @returns those that are still the newest */
  abstract extend(holders: readonly Holder[], lease: Lease): Promise<Standing[]>;
  /** Locks the row until the transaction ends. @returns undefined when the attempt is not the newest any more */
  abstract checkpoint(
    tx: Transaction,
    holder: Holder,
    checkpoint: Checkpoint,
    lease: Lease,
  ): Promise<Standing | undefined>;
  /** @returns false when the attempt was not the newest any more */
  abstract settle(holder: Holder, settlement: Settlement, now: Date): Promise<boolean>;
}
