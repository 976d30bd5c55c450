import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../../platform/database/database';
import { Shutdown } from '../../platform/lifecycle/shutdown';
import { Turns } from '../../platform/lifecycle/turns';
import { idSchema } from '../../shared/ids';
import { PushDelivered } from './catalogue';
import { type DomainEvent, toEvent } from './event-type';
import { type Gathered, GatheredStore } from './gathered.store';
import { writeEvents } from './write-events';

const LOOK_EVERY_MS = 1_000;
const TAKEN_AT_ONCE = 5_000;
const MOST_IN_ONE = 500;

const Recipients = z.array(z.object({ userId: idSchema<'User'>(), deviceId: idSchema<'Device'>() }));

/** Makes one event of many things that happened to one notification. Taken and emitted in one transaction. */
@Injectable()
export class GatheredEvents implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns: Turns;

  constructor(
    private readonly store: GatheredStore,
    private readonly database: Database,
    shutdown: Shutdown,
  ) {
    const logger = new Logger(GatheredEvents.name);
    const failed = 'emitting what was gathered failed; the next turn tries again';
    this.turns = new Turns({ everyMs: LOOK_EVERY_MS, work: () => this.emit(), logger, failed }, shutdown);
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  onModuleDestroy(): void {
    this.turns.stop();
  }

  /** @returns whether there may be more */
  async emit(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const gathered = await this.store.take(tx, TAKEN_AT_ONCE);
      await writeEvents(tx, gathered.flatMap(toEvents));
      return gathered.reduce((sum, { items }) => sum + items.length, 0) === TAKEN_AT_ONCE;
    });
  }
}

/** Of one type so far: `push.delivered`, grouped by notification. */
function toEvents({ groupKey, items, occurredAt }: Gathered): DomainEvent[] {
  const notificationId = idSchema<'Notification'>().parse(groupKey);
  const recipients = Recipients.parse(items);
  const events: DomainEvent[] = [];
  for (let from = 0; from < recipients.length; from += MOST_IN_ONE) {
    const some = recipients.slice(from, from + MOST_IN_ONE);
    events.push(toEvent(PushDelivered, { notificationId, recipients: some }, occurredAt));
  }
  return events;
}
