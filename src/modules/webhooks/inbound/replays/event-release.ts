import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../../platform/database/transaction';
import { Outbox } from '../../../../platform/sqs/outbox';
import { Clock, secondsAfter } from '../../../../shared/clock';
import { newId } from '../../../../shared/ids';
import { WebhookReceived } from '../webhook.messages';
import { SWEEP_AFTER_SECONDS } from '../webhook-event.tables';
import { type ReplayableEvent, WebhookReplayStore } from './webhook-replay.store';

/** Fair queues: what is given out again does not delay what comes in. */
const GROUP = 'webhook-replay';

/** Gives events to their handlers as if they had just come in. */
@Injectable()
export class EventRelease {
  constructor(
    private readonly store: WebhookReplayStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @param events locked by the transaction */
  async giveOut(tx: Transaction, events: readonly ReplayableEvent[]): Promise<void> {
    if (events.length === 0) return;
    const messages = events.map((event) => ({ eventId: event.id, messageId: messageFor(event) }));
    await this.store.reopen(tx, messages, secondsAfter(this.clock.now(), SWEEP_AFTER_SECONDS));
    const payloads = messages.map(({ eventId }) => ({ eventId }));
    const ids = messages.map(({ messageId }) => messageId);
    await this.outbox.addAll(tx, WebhookReceived, payloads, { ids, groupId: GROUP });
  }
}

/** One that was not settled keeps its message, which may still come: so it is handled once. */
const messageFor = ({ id, state, messageId }: ReplayableEvent): string =>
  state === 'received' ? (messageId ?? id) : newId();
