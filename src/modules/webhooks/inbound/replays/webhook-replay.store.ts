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
  readonly range: ReplayRange;
  readonly counted: number;
}

/** A place in the order of events. */
export interface ReplayedEvent {
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
  abstract find(id: WebhookReplayId): Promise<Replay | undefined>;
  /** Locks the next events of a range, oldest first. */
  abstract lockNext(
    tx: Transaction,
    range: ReplayRange,
    after: ReplayedEvent | undefined,
    limit: number,
  ): Promise<ReplayableEvent[]>;
  abstract lockOne(tx: Transaction, id: WebhookEventId): Promise<ReplayableEvent | undefined>;
  /** As if they had just come in, each under the message that is given. */
  abstract reopen(
    tx: Transaction,
    messages: readonly { readonly eventId: WebhookEventId; readonly messageId: string }[],
    sweepAt: Date,
  ): Promise<void>;
}
