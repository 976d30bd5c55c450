import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import { Outbox } from '../../../../platform/sqs/outbox';
import { Clock, secondsAfter } from '../../../../shared/clock';
import { NotFound } from '../../../../shared/domain-error';
import { newId, type WebhookEventId, type WebhookReplayId } from '../../../../shared/ids';
import { AuditLog } from '../../../audit';
import type { EventFilter } from '../events/webhook-events.schema';
import { ReplayWebhooks, WebhookReceived } from '../webhook.messages';
import { SWEEP_AFTER_SECONDS } from '../webhook-event.tables';
import { type ReplayableEvent, type ReplayRange, WebhookReplayStore } from './webhook-replay.store';

/** Few enough that the rows are locked for some milliseconds only. */
const BATCH = 500;
/** Fair queues: what is given out again does not delay what comes in. */
const GROUP = 'webhook-replay';

type RequestedRange = EventFilter & { readonly since: Date };

/** Gives events to their handlers again: one, or a range in batches, each with the checkpoint of the next. */
@Injectable()
export class WebhookReplays {
  constructor(
    private readonly store: WebhookReplayStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound */
  async replayOne(actor: string, id: WebhookEventId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const event = await this.store.lockOne(tx, id);
      if (event === undefined) throw new NotFound();
      await this.giveOut(tx, [event]);
      await this.audit.record(tx, {
        actor,
        action: 'webhook_event.replayed',
        target: `webhook_event:${id}`,
        details: { state: event.state },
      });
    });
  }

  /** How many a replay would give out now. */
  count(range: RequestedRange): Promise<number> {
    return this.store.count(this.bounded(range));
  }

  /** @returns how many it is about; the worker does it */
  async start(actor: string, id: WebhookReplayId, requested: RequestedRange): Promise<number> {
    const range = this.bounded(requested);
    const replay = { ...range, id, counted: await this.store.count(range), requestedBy: actor };
    return this.database.transaction(async (tx) => {
      const { added, counted } = await this.store.add(tx, replay, this.clock.now());
      if (!added) return counted;
      await this.outbox.add(tx, ReplayWebhooks, { replayId: id });
      const details = { ...kindsOf(range), since: iso(range.since), until: iso(range.until), count: counted };
      const target = `webhook_replay:${id}`;
      await this.audit.record(tx, { actor, action: 'webhook_events.replayed', target, details });
      return counted;
    });
  }

  /** The next batch, and the message for the one after: whoever dies between has done both or nothing. */
  async continue(id: WebhookReplayId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const replay = await this.store.lockUnfinished(tx, id);
      if (replay === undefined) return;
      const events = await this.store.lockNext(tx, replay, BATCH);
      await this.giveOut(tx, events);
      const finished = events.length < BATCH;
      await this.store.advance(tx, id, {
        after: events.at(-1),
        more: events.length,
        finishedAt: finished ? this.clock.now() : undefined,
      });
      if (!finished) await this.outbox.add(tx, ReplayWebhooks, { replayId: id });
    });
  }

  private async giveOut(tx: Transaction, events: readonly ReplayableEvent[]): Promise<void> {
    if (events.length === 0) return;
    const messages = events.map((event) => ({ eventId: event.id, messageId: messageFor(event) }));
    await this.store.reopen(tx, messages, secondsAfter(this.clock.now(), SWEEP_AFTER_SECONDS));
    const payloads = messages.map(({ eventId }) => ({ eventId }));
    const ids = messages.map(({ messageId }) => messageId);
    await this.outbox.addAll(tx, WebhookReceived, payloads, { ids, groupId: GROUP });
  }

  /** What comes in from now on is not of it. */
  private bounded(range: RequestedRange): ReplayRange {
    const now = this.clock.now();
    return { ...range, until: range.until === undefined || range.until > now ? now : range.until };
  }
}

/** One that was not settled keeps its message, which may still come: so it is handled once. */
const messageFor = ({ id, state, messageId }: ReplayableEvent): string =>
  state === 'received' ? (messageId ?? id) : newId();

const iso = (time: Date): string => time.toISOString();

const kindsOf = ({ source, type, state }: EventFilter): Record<string, string> => ({
  ...(source !== undefined && { source }),
  ...(type !== undefined && { type }),
  ...(state !== undefined && { state }),
});
