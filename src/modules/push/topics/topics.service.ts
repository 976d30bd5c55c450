import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isForeignKeyViolation } from '../../../platform/database/database.errors';
import { Clock } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { type Page, toPage } from '../../../shared/page';
import { type Subscription, TopicStore } from './topic.store';
import { TopicLimitReached } from './topics.errors';

const MAX_TOPICS = 200;

/** A user's own topics: on all of their devices. */
@Injectable()
export class TopicsService {
  constructor(
    private readonly store: TopicStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws TopicLimitReached with 200 others
   * @throws Unauthenticated when the account is gone
   */
  async subscribe(userId: UserId, topic: string): Promise<void> {
    const subscribed = await this.database
      .transaction((tx) => this.store.subscribe(tx, userId, topic, MAX_TOPICS, this.clock.now()))
      .catch((error: unknown) => {
        throw isForeignKeyViolation(error) ? new Unauthenticated() : error;
      });
    if (!subscribed) throw new TopicLimitReached();
  }

  async unsubscribe(userId: UserId, topic: string): Promise<void> {
    await this.store.unsubscribe(userId, topic);
  }

  async list(
    userId: UserId,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
  ): Promise<Page<Subscription>> {
    return toPage(await this.store.list(userId, limit, cursor), limit, ({ topic }) => topic);
  }
}
