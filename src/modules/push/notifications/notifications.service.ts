import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import type { NotificationId } from '../../../shared/ids';
import { type Audience, type Content, type Options, ResolveAudience } from '../push.schema';
import { NotificationStore, type NotificationSummary } from './notification.store';

/** Takes notifications in and tells how they fare. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly store: NotificationStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues a notification. Calling it again with the same id changes nothing.
   * @returns how many devices it will reach
   */
  async create(
    id: NotificationId,
    audience: Audience,
    content: Content,
    options: Options,
    createdBy: string,
  ): Promise<number> {
    const recipients = await this.store.countRecipients(audience);
    await this.database.transaction(async (tx) => {
      const notification = { id, audience, content, options, recipients, createdBy };
      const added = await this.store.add(tx, notification, this.clock.now());
      if (added) await this.outbox.add(tx, ResolveAudience, { notificationId: id }, { groupId: id });
    });
    return recipients;
  }

  /** @throws NotFound */
  async get(id: NotificationId): Promise<NotificationSummary> {
    const summary = await this.store.summary(id);
    if (summary === undefined) throw new NotFound();
    return summary;
  }
}
