import type { Transaction } from '../../../platform/database/transaction';
import type { ProviderName, PushBatch, TargetResult } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';

/** Frozen before the first provider call: a repeated call with the same key means the same members. */
export interface Chunk extends PushBatch {
  readonly provider: ProviderName;
  /** An earlier try may have reached its members: only the same call may follow, at the same provider. */
  readonly triedBefore: boolean;
  /** The same of single members, where each is sent to by itself. */
  readonly inDoubt: ReadonlySet<string>;
}

/** What a chunk is when its turn comes. */
export type OpenedChunk =
  /** It has its result, or got it just now: expired, or nobody was left in it. */
  | { readonly state: 'over' }
  | { readonly state: 'waits'; readonly reason: 'quiet_hours' | 'sending_guard'; readonly seconds: number }
  | { readonly state: 'ready'; readonly chunk: Chunk };

export type ChunkResult =
  | {
      readonly state: 'sent';
      readonly providerMessageId: string | undefined;
      readonly invalidTargets: readonly string[];
    }
  | {
      readonly state: 'failed';
      readonly reason: string;
      readonly deliveryState: 'failed' | 'invalid';
      /** Those that are known to be gone. */
      readonly invalidTargets: readonly string[];
    };

/** A try that brought no result for the chunk as a whole. */
export interface Unanswered {
  /** Nothing of this try was sent for certain, and none came before it. */
  readonly untouched: boolean;
  readonly ambiguousRetries: number;
}

export interface FailedOver {
  /** The chunks at the other provider. */
  readonly chunks: readonly ChunkRef[];
  readonly moved: number;
  /** Those without another way, who stay in the old chunk. */
  readonly left: number;
}

/** The phone has it. */
export interface Receipt {
  readonly provider: string;
  readonly providerMessageId: string;
  readonly target: string;
}

/** The chunks of notifications and what became of their members. */
export abstract class ChunkStore {
  /**
   * Takes a chunk up for a try. Before its first one, members who must not get it any more or not now are taken out;
   * from then on its try counts as made, so that a process which dies is seen to have left it in doubt.
   */
  abstract open(ref: ChunkRef, now: Date): Promise<OpenedChunk>;

  /** These members are being tried, one by one. */
  abstract markTried(ref: ChunkRef, targets: readonly string[], now: Date): Promise<void>;
  /** Results of members that are sent to one by one. */
  abstract settleTargets(
    ref: ChunkRef,
    provider: ProviderName,
    results: readonly TargetResult[],
    now: Date,
  ): Promise<void>;

  abstract noteUnanswered(ref: ChunkRef, unanswered: Unanswered, now: Date): Promise<void>;

  /** Records a chunk's result once, for the members that have none, and completes the notification with its last chunk. */
  abstract settleChunk(
    ref: ChunkRef,
    result: ChunkResult,
    ambiguousRetries: number,
    now: Date,
  ): Promise<void>;

  /** Moves members that certainly got nothing to chunks of the other provider; nobody is moved twice. */
  abstract failOver(
    tx: Transaction,
    ref: ChunkRef,
    to: ProviderName,
    chunkSize: number,
    now: Date,
  ): Promise<FailedOver>;

  /** A receipt of a message that we have not recorded yet is kept, and applied when its chunk is settled. */
  abstract markDelivered(receipt: Receipt, now: Date): Promise<void>;
}
