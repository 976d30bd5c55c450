import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import type { NotificationId } from '../../../shared/ids';
import { AlreadyStarted } from '../push.errors';
import { ResolveAudience, type StoredAudience } from '../push.schema';
import { TemplateRenderer } from '../templates/template-renderer';
import { type Draft, toNotification } from './draft';
import {
  type Delivery,
  type DeliveryState,
  NotificationStore,
  type NotificationSummary,
} from './notification.store';

export interface Created {
  readonly status: 'queued' | 'scheduled';
  /** How many devices it will reach; null until a topic or everybody was resolved. */
  readonly recipients: number | null;
}

/** Takes notifications in and tells how they fare. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly store: NotificationStore,
    private readonly templates: TemplateRenderer,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues a notification, or schedules it. Calling it again with the same id changes nothing.
   * @throws ValidationFailed when a variant is too large, a template does not fit, or `sendAt` is too far ahead
   */
  async create(
    id: NotificationId,
    audience: StoredAudience,
    draft: Draft,
    createdBy: string,
  ): Promise<Created> {
    const now = this.clock.now();
    const words = 'template' in draft ? await this.templates.render(draft.template, draft.variables) : draft;
    const planned = toNotification(draft, words, now);
    const { all, topics } = audience;
    const open = all !== undefined || topics !== undefined;
    const recipients = open ? null : await this.store.countRecipients(audience, now);
    await this.database.transaction(async (tx) => {
      // the same on whatever way it reaches a phone: a second attempt replaces the first
      const options = { collapseId: id, ...planned.options };
      const notification = { ...planned, id, audience, recipients, createdBy, options };
      const added = await this.store.add(tx, notification, now);
      if (added && planned.status === 'queued')
        await this.outbox.add(tx, ResolveAudience, { notificationId: id }, { groupId: id });
    });
    return { status: planned.status, recipients };
  }

  /** @throws NotFound */
  async get(id: NotificationId): Promise<NotificationSummary> {
    const summary = await this.store.summary(id);
    if (summary === undefined) throw new NotFound();
    return summary;
  }

  /**
   * The recipients by their targets, one more than `limit` where there are more.
   * @throws NotFound
   */
  async deliveries(
    id: NotificationId,
    page: { readonly limit: number; readonly after: string; readonly state: DeliveryState | undefined },
  ): Promise<Delivery[]> {
    const rows = await this.store.deliveries(id, page);
    if (rows.length === 0 && !(await this.store.exists(id))) throw new NotFound();
    return rows;
  }

  /**
   * Cancels what has reached nobody yet; again changes nothing.
   * @throws AlreadyStarted
   * @throws NotFound
   */
  async cancel(id: NotificationId): Promise<NotificationSummary> {
    const status = await this.store.cancel(id, this.clock.now());
    if (status === undefined) throw new NotFound();
    if (status !== 'cancelled') throw new AlreadyStarted();
    return this.get(id);
  }
}
