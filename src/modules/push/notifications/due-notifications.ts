import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import { ResolveAudience } from '../push.schema';
import { NotificationStore } from './notification.store';

const BATCH = 50;

/** Schedules live in rows: whichever worker looks first queues what is due, once. */
@Injectable()
export class DueNotifications {
  constructor(
    private readonly store: NotificationStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Queues a batch of what was scheduled and is due. @returns whether there may be more */
  async queue(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const due = await this.store.queueDue(tx, BATCH, this.clock.now());
      for (const notificationId of due) {
        await this.outbox.add(tx, ResolveAudience, { notificationId }, { groupId: notificationId });
      }
      return due.length === BATCH;
    });
  }
}
