import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { type Subscription, TopicStore } from './topic.store';

interface TopicTables {
  'loopin.push_topic_subscriptions': { topic: string; user_id: UserId; created_at: Date };
}

@Injectable()
export class PgTopicStore extends TopicStore {
  constructor(private readonly database: Database) {
    super();
  }

  async subscribe(tx: Transaction, userId: UserId, topic: string, most: number, now: Date): Promise<boolean> {
    const tables = tx.tables<TopicTables>();
    // one at a time for this user: two could both find the last place free
    await sql`select pg_advisory_xact_lock(hashtextextended(${`push_topics:${userId}`}, 0))`.execute(tables);
    const { rows } = await sql<{ done: boolean }>`
      with held as (
        select topic
        from loopin.push_topic_subscriptions
        where user_id = ${userId}
      ), added as (
        insert into loopin.push_topic_subscriptions (topic, user_id, created_at)
        select ${topic}, ${userId}, ${now}
        where (select count(*) from held) < ${most}::int
          and not exists (select from held where topic = ${topic})
        returning topic
      )
      select exists (select from held where topic = ${topic}) or exists (select from added) as done`.execute(
      tables,
    );
    return rows[0]?.done === true;
  }

  async unsubscribe(userId: UserId, topic: string): Promise<void> {
    await this.database
      .tables<TopicTables>()
      .deleteFrom('loopin.push_topic_subscriptions')
      .where('topic', '=', topic)
      .where('user_id', '=', userId)
      .execute();
  }

  async list(userId: UserId, limit: number, after: string | undefined): Promise<Subscription[]> {
    const rows = await this.database
      .tables<TopicTables>()
      .selectFrom('loopin.push_topic_subscriptions')
      .select(['topic', 'created_at'])
      .where('user_id', '=', userId)
      .$if(after !== undefined, (query) => query.where('topic', '>', after ?? null))
      .orderBy('topic')
      .limit(limit + 1)
      .execute();
    return rows.map((row) => ({ topic: row.topic, createdAt: row.created_at }));
  }
}
