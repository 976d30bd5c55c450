import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEventId, WebhookReplayId } from '../../../../shared/ids';
import type { EventFilter } from '../events/webhook-events.schema';
import type { EventState } from '../webhook-event.store';

/** A range with both ends, so that what comes in meanwhile is not of it. */
export interface ReplayRange extends EventFilter {
  readonly since: Date;
  readonly until: Date;
}

export interface NewReplay extends ReplayRange {
  readonly id: WebhookReplayId;
  readonly counted: number;
  readonly requestedBy: string;
}

export interface Replay {
  readonly id: WebhookReplayId;
  readonly range: ReplayRange;
  /** The last event that was given out again. */
  readonly after: ReplayedEvent | undefined;
}

interface ReplayedEvent {
  readonly id: WebhookEventId;
  readonly receivedAt: Date;
}

export interface ReplayableEvent extends ReplayedEvent {
  readonly state: EventState;
  /** Null on rows of an older release. */
  readonly messageId: string | null;
}

export abstract class WebhookReplayStore {
  abstract count(range: ReplayRange): Promise<number>;
  /** @returns what the replay under this id counted when it was stored: it may have been there before */
  abstract add(tx: Transaction, replay: NewReplay, now: Date): Promise<{ added: boolean; counted: number }>;
  /** Locks it until the transaction ends. @returns undefined when it is finished, or never was */
  abstract lockUnfinished(tx: Transaction, id: WebhookReplayId): Promise<Replay | undefined>;
  /** Notes how far it has come. */
  abstract advance(
    tx: Transaction,
    id: WebhookReplayId,
    progress: {
      readonly after: ReplayedEvent | undefined;
      readonly more: number;
      readonly finishedAt: Date | undefined;
    },
  ): Promise<void>;
  /** Locks the next events of it, oldest first. */
  abstract lockNext(tx: Transaction, replay: Replay, limit: number): Promise<ReplayableEvent[]>;
  abstract lockOne(tx: Transaction, id: WebhookEventId): Promise<ReplayableEvent | undefined>;
  /** As if they had just come in, each under the message that is given. */
  abstract reopen(
    tx: Transaction,
    messages: readonly { readonly eventId: WebhookEventId; readonly messageId: string }[],
    sweepAt: Date,
  ): Promise<void>;
}
