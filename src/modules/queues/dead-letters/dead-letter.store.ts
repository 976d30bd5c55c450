import type { Transaction } from '../../../platform/database/transaction';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import type { QueueName } from '../../../shared/message';

export const LETTER_STATES = ['waiting', 'redriven', 'discarded'] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/**
 * Why a message was given up: `unreadable` to `unrecorded` say what is known where no handler gave a reason. A redrive
 * that can't open a letter's body leaves it waiting as `unopenable`.
 */
export const REASON_CODES = [
  'failed',
  'postponed',
  'invalid_payload',
  'unknown_type',
  'unknown_version',
  'unreadable',
  'never_ended',
  'unrecorded',
  'unopenable',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** Which letters are meant: those that died at `since` or later. What is left out is not asked for. */
export interface LetterFilter {
  readonly queue?: QueueName | undefined;
  readonly type?: string | undefined;
  readonly reasonCode?: ReasonCode | undefined;
  readonly since?: Date | undefined;
}

export interface DeadLetter {
  readonly id: DeadLetterId;
  readonly queue: QueueName;
  /** Null where the body can't be read, like version and correlation id. */
  readonly type: string | null;
  readonly version: number | null;
  readonly correlationId: string | null;
  readonly state: LetterState;
  readonly reasonCode: string;
  readonly reason: string;
  /** Tries over all of its deaths. */
  readonly attempts: number;
  readonly deaths: number;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly diedAt: Date;
  readonly actionId: DeadLetterActionId | null;
}

/** One of the times it came to be a dead letter. */
export interface Death {
  readonly reasonCode: string;
  readonly reason: string;
  readonly attempts: number;
  readonly diedAt: Date;
}

export interface InspectedLetter extends DeadLetter {
  readonly bodySealed: Buffer;
  readonly bodyBytes: number;
  readonly bodyHash: Buffer;
  /** Newest first, the last 20. */
  readonly history: readonly Death[];
}

/** What came out of a dead-letter queue. */
export interface NewLetter extends Death {
  readonly id: DeadLetterId;
  /** The queue's own id of this death: the same one counts once. */
  readonly queueMessageId: string;
  readonly queue: QueueName;
  readonly type: string | null;
  readonly version: number | null;
  readonly correlationId: string | null;
  readonly occurredAt: Date | null;
  readonly groupId: string | null;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
  readonly bodySealed: Buffer;
  readonly bodyBytes: number;
  readonly bodyHash: Buffer;
}

export abstract class DeadLetterStore {
  /** Newest first, from behind `after`; one more than `limit`, where there is one. */
  abstract list(
    state: LetterState,
    filter: LetterFilter,
    limit: number,
    after: string | undefined,
  ): Promise<DeadLetter[]>;
  abstract find(id: DeadLetterId): Promise<InspectedLetter | undefined>;
  /** How many wait for a decision. */
  abstract waiting(): Promise<ReadonlyMap<QueueName, number>>;
  /** Keeps a death. One that is known already changes nothing; a letter that was redriven waits again. */
  abstract bury(tx: Transaction, letter: NewLetter): Promise<void>;
  /** Locks the letter that was redriven with the same body, which nobody can read. */
  abstract lockTwin(tx: Transaction, queue: QueueName, bodyHash: Buffer): Promise<DeadLetterId | undefined>;
}
