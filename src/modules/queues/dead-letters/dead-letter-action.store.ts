import type { Transaction } from '../../../platform/database/transaction';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import type { QueueName } from '../../../shared/message';
import type { LetterFilter, LetterState, ReasonCode } from './dead-letter.store';

export const ACTION_KINDS = ['redrive', 'discard'] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** The waiting letters that an action is about: these, or all that the filter lets pass. */
export interface LetterScope extends LetterFilter {
  readonly ids?: readonly DeadLetterId[] | undefined;
  /** Died at this time at the latest: what a redrive brings back is not of it. */
  readonly until: Date;
}

export interface NewAction {
  readonly id: DeadLetterActionId;
  readonly kind: ActionKind;
  readonly scope: LetterScope;
  /** Messages a second; none for what sends nothing. */
  readonly rate: number | undefined;
  readonly reason: string | undefined;
  readonly counted: number;
  readonly requestedBy: string;
}

/** One that is not finished, in hand. */
export interface DueAction {
  readonly id: DeadLetterActionId;
  readonly kind: ActionKind;
  readonly scope: LetterScope;
  readonly rate: number | undefined;
  /** How many are still to be moved. */
  readonly left: number;
  readonly nextAt: Date;
  /** How often in a row its batch failed. */
  readonly failures: number;
}

export interface ActionProgress {
  readonly id: DeadLetterActionId;
  readonly kind: ActionKind;
  readonly counted: number;
  readonly moved: number;
  readonly rate: number | null;
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly finishedAt: Date | null;
  /** Why its last batch failed, if it did; where it is finished, that is why it was given up. */
  readonly failure: string | null;
}

export interface MovableLetter {
  readonly id: DeadLetterId;
  readonly queue: QueueName;
  readonly groupId: string | null;
  readonly bodySealed: Buffer;
}

/** Redrives and discards, and the letters they move. */
export abstract class DeadLetterActionStore {
  abstract count(scope: LetterScope): Promise<number>;
  /** @returns false when it was there before: the request was sent twice */
  abstract add(tx: Transaction, action: NewAction, now: Date): Promise<boolean>;
  abstract find(id: DeadLetterActionId): Promise<ActionProgress | undefined>;
  /** Locks an action whose next batch may go, unless somebody else is at it. */
  abstract lockDue(tx: Transaction, now: Date, id?: DeadLetterActionId): Promise<DueAction | undefined>;
  /** Locks the next letters of it that still wait and were not set aside by it, oldest first. */
  abstract lockLetters(
    tx: Transaction,
    action: Pick<DueAction, 'id' | 'scope'>,
    limit: number,
  ): Promise<MovableLetter[]>;
  /** Leaves letters waiting that this action can't move. Another one may try them again. */
  abstract setAside(
    tx: Transaction,
    ids: readonly DeadLetterId[],
    reason: { readonly code: ReasonCode; readonly words: string },
    action: DeadLetterActionId,
  ): Promise<void>;
  abstract move(
    tx: Transaction,
    ids: readonly DeadLetterId[],
    to: Exclude<LetterState, 'waiting'>,
    action: DeadLetterActionId,
    now: Date,
  ): Promise<void>;
  /** Notes that a batch of it failed. */
  abstract fail(
    id: DeadLetterActionId,
    failure: { readonly reason: string; readonly nextAt: Date; readonly finishedAt: Date | null },
  ): Promise<void>;
  /** Notes how far it has come. */
  abstract advance(
    tx: Transaction,
    id: DeadLetterActionId,
    progress: { readonly more: number; readonly nextAt: Date; readonly finishedAt: Date | null },
  ): Promise<void>;
}
