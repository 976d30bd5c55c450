import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import { Clock } from '../../../../shared/clock';
import type { Id } from '../../../../shared/ids';
import { AuditLog } from '../../../audit';
import { Jobs } from '../../../jobs';
import { ReplayWebhooks } from '../../webhooks.jobs';
import type { EventFilter } from '../events/webhook-events.schema';
import { type ReplayRange, WebhookReplayStore } from './webhook-replay.store';

type RequestedRange = EventFilter & { readonly since: Date };
/** Of a replay and of the job that does it. */
export type ReplayJobId = Id<'WebhookReplay' | 'Job'>;

/** Has a range of events given to their handlers again. */
@Injectable()
export class WebhookReplays {
  constructor(
    private readonly store: WebhookReplayStore,
    private readonly jobs: Jobs,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** How many a replay would give out now. */
  count(range: RequestedRange): Promise<number> {
    return this.store.count(this.bounded(range));
  }

  /** @returns how many it is about; the job that does it has the same id */
  async start(actor: string, id: ReplayJobId, requested: RequestedRange): Promise<number> {
    const range = this.bounded(requested);
    const replay = { ...range, id, counted: await this.store.count(range), requestedBy: actor };
    return this.database.transaction(async (tx) => {
      const { added, counted } = await this.store.add(tx, replay, this.clock.now());
      if (!added) return counted;
      await this.jobs.enqueue(tx, ReplayWebhooks, { replayId: id }, { id });
      const details = { ...kindsOf(range), since: iso(range.since), until: iso(range.until), count: counted };
      const target = `webhook_replay:${id}`;
      await this.audit.record(tx, { actor, action: 'webhook_events.replayed', target, details });
      return counted;
    });
  }

  /** What comes in from now on is not of it. */
  private bounded(range: RequestedRange): ReplayRange {
    const now = this.clock.now();
    return { ...range, until: range.until === undefined || range.until > now ? now : range.until };
  }
}

const iso = (time: Date): string => time.toISOString();

const kindsOf = ({ source, type, state }: EventFilter): Record<string, string> => ({
  ...(source !== undefined && { source }),
  ...(type !== undefined && { type }),
  ...(state !== undefined && { state }),
});
