import type { ChunkRef, Content, Options } from '../push.schema';

/** Frozen before the first provider call: a repeated call with the same key means the same members. */
export interface Chunk {
  readonly idempotencyKey: string;
  readonly content: Content;
  readonly options: Options;
  readonly targets: readonly string[];
  /** After it the message is worth nothing to anybody. */
  readonly expiresAt: Date;
}

export type ChunkResult =
  | { readonly state: 'sent'; readonly providerMessageId: string; readonly invalidTargets: readonly string[] }
  | { readonly state: 'failed'; readonly reason: string; readonly deliveryState: 'failed' | 'invalid' };

/** The phone has it. */
export interface Receipt {
  readonly provider: string;
  readonly providerMessageId: string;
  readonly target: string;
}

/** The chunks of notifications and what became of their members. */
export abstract class ChunkStore {
  /** @returns undefined when the chunk has its result already */
  abstract findPendingChunk(ref: ChunkRef): Promise<Chunk | undefined>;
  /** Records a chunk's result once, and completes the notification with its last chunk. */
  abstract settleChunk(ref: ChunkRef, result: ChunkResult, now: Date): Promise<void>;

  /** A receipt of a message that we have not recorded yet is kept, and applied when its chunk is settled. */
  abstract markDelivered(receipt: Receipt, now: Date): Promise<void>;
}
