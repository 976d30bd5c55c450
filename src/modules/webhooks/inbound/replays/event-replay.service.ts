import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import { NotFound } from '../../../../shared/domain-error';
import type { WebhookEventId } from '../../../../shared/ids';
import { AuditLog } from '../../../audit';
import { EventRelease } from './event-release';
import { WebhookReplayStore } from './webhook-replay.store';

/** Gives one event to its handler again, at once. */
@Injectable()
export class EventReplay {
  constructor(
    private readonly store: WebhookReplayStore,
    private readonly release: EventRelease,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /** @throws NotFound */
  async perform(actor: string, id: WebhookEventId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const event = await this.store.lockOne(tx, id);
      if (event === undefined) throw new NotFound();
      await this.release.giveOut(tx, [event]);
      await this.audit.record(tx, {
        actor,
        action: 'webhook_event.replayed',
        target: `webhook_event:${id}`,
        details: { state: event.state },
      });
    });
  }
}
