import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { FanOutService } from '../../src/modules/push/fanout/fan-out.service';
import { HeldRecipients } from '../../src/modules/push/fanout/held-recipients';
import { PgFanOutStore } from '../../src/modules/push/fanout/pg-fan-out.store';
import { PgInboxStore } from '../../src/modules/push/inbox/pg-inbox.store';
import { PgNotificationStore } from '../../src/modules/push/notifications/pg-notification.store';
import { PgPreferencesStore } from '../../src/modules/push/preferences/pg-preferences.store';
import { PUSH_EXPIRY } from '../../src/modules/push/push.expiry';
import { PgTopicStore } from '../../src/modules/push/topics/pg-topic.store';
import type { Database } from '../../src/platform/database/database';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { DAY } from '../../src/shared/clock';
import type { NotificationId, UserId } from '../../src/shared/ids';
import { AudienceRows } from '../support/audience-rows';
import { Plans } from '../support/plans';
import { chunkStore } from '../support/push-bed';
import { scaled } from '../support/scale';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(600_000);

/** A million recipients' rows in full. */
const PEOPLE = scaled(10_000, 100_000);
const NOTIFICATIONS = 10;
/** Every table that grows with people or pushes. What is planned for a whole audience would be a plan for the world. */
const LARGE = [
  'push_deliveries',
  'push_chunks',
  'push_notifications',
  'push_topic_subscriptions',
  'inbox_items',
]
  .concat(['push_preferences', 'push_category_sends', 'users', 'devices', 'sessions'])
  .join('|');

/** The guard's count of all subscribers, once a minute and worker: it is a number of the whole table. */
const COUNT_OF_ALL = 'select count(*) from loopin.devices';

describe('every query of push', () => {
  let services: Services;
  let database: Database;
  let rows: AudienceRows;
  let plans: Plans;
  const clock = new TestClock();

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    rows = new AudienceRows(services);
    await rows.people('many', PEOPLE);
    await rows.people('some', 50);
    await rows.people('fcm', 50, 'fcm');
    await history();
    await services.sql('vacuum analyze');
    plans = await Plans.watch(services);
    database = services.database();
  });
  afterAll(() => services.stop());

  /** What years leave behind: notifications that everybody got, and many that a few got. */
  async function history(): Promise<void> {
    await services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, category, created_by, created_at,
         expires_at, audience_resolved_at, completed_at)
       select md5('n' || i)::uuid, 'completed', '{"all": true}', '{"title": "x"}', '{}', 'news', 'test', t, t, t, t
       from generate_series(1, $1::int) i, lateral (select now() - make_interval(mins => i)) as m(t)`,
      [PEOPLE],
    );
    // only what is archived is deleted
    await services.sql(
      `insert into loopin.archives (data_class, month, schema_version, row_count, sha256, bytes, object_key, archived_at)
       select distinct 'push_deliveries', to_char(created_at at time zone 'UTC', 'YYYY-MM'), 1, 0, ''::bytea, 0, '', now()
       from loopin.push_notifications`,
    );
    await services.sql(
      `insert into loopin.push_chunks (notification_id, chunk, provider, idempotency_key, state, members, members_state,
         provider_message_id, sent_at, settled_at, created_at)
       select id, c, 'onesignal', gen_random_uuid(), 'sent', 2000, 'sent', md5(id::text || c), created_at, created_at, created_at
       from loopin.push_notifications, generate_series(0, 3) c`,
    );
    await services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, provider, state, updated_at)
       select md5('n' || i)::uuid, d.push_target, d.nr % 4, d.user_id, d.device_id, d.push_provider, 'pending', now()
       from generate_series(1, $1::int) i, (select *, row_number() over () as nr from loopin.devices) d`,
      [NOTIFICATIONS],
    );
    await services.sql(
      `insert into loopin.inbox_items (user_id, notification_id, created_at)
       select id, md5('n' || i)::uuid, now() - make_interval(mins => i) from generate_series(1, 5) i, loopin.users`,
    );
    await services.sql(
      'insert into loopin.push_category_sends select id, $1, array[now()] from loopin.users',
      ['news'],
    );
    await rows.prefer('many', { optedOut: ['promo'] });
    await rows.cap('news', 5, 3_600);
  }

  const outbox = () => new Outbox(clock, new RelayOnly(), database);
  const stores = () => {
    const fanOutStore = new PgFanOutStore(database);
    const fanOut = new FanOutService(fanOutStore, outbox(), database, clock, { chunkSize: 2_000 });
    return {
      fanOut,
      held: new HeldRecipients(fanOutStore, fanOut, clock),
      chunks: chunkStore(database, clock),
    };
  };
  const anybody = async (): Promise<UserId> => {
    const [row] = await services.sql<{ id: UserId }>('select id from loopin.users where email = $1', [
      'many1@example.com',
    ]);
    return row?.id ?? ('' as UserId);
  };

  /** The statements since the last time, none of which may read a large table from end to end. */
  function expectIndexes(least: number): void {
    const news = plans.read().filter((plan) => !plan.includes(COUNT_OF_ALL));
    const scanned = news.filter((plan) => new RegExp(`Seq Scan on (${LARGE})\\b`).test(plan));
    expect(scanned).toEqual([]);
    expect(news.length).toBeGreaterThanOrEqual(least);
  }

  it.each([
    ['a topic', () => ({ topics: ['some'] })],
    ['many', () => ({ topics: ['many'] })],
    ['everybody', () => ({ all: true })],
    ['users', async () => ({ users: [await anybody()] })],
    ['devices', () => ({ devices: [randomUUID()] })],
  ])('that finds an audience uses its index: %s', async (_, audience) => {
    for (const category of ['news', 'general']) {
      const localizations = { pt: { title: 'pt' } };
      const id = await rows.notification({ audience: await audience(), category, localizations });
      await stores().fanOut.resolveAudience(id as NotificationId);
    }
    expectIndexes(8);
  });

  it('that sends a chunk, repeats, moves or settles it, or takes a receipt', async () => {
    const { fanOut, chunks } = stores();
    const id = (await rows.notification({ audience: { topics: ['some', 'fcm'] } })) as NotificationId;
    await fanOut.resolveAudience(id);
    const now = clock.now();
    const target = (await rows.targets(id))[0] ?? '';
    for (const { chunk, provider } of await rows.chunks(id)) {
      const ref = { notificationId: id, chunk };
      for (let round = 0; round < 2; round += 1) await chunks.open(ref, now);
      await chunks.markTried(ref, [target], now);
      await chunks.noteUnanswered(ref, { untouched: false, ambiguousRetries: 1 }, now);
      await chunks.settleTargets(ref, 'fcm', [{ target, result: 'untouched' }], now);
      await database.transaction((tx) => chunks.failOver(tx, ref, 'fcm', 500, now));
      const providerMessageId = `${id}${chunk}`;
      await chunks.markDelivered({ provider, providerMessageId, target }, now);
      await chunks.settleChunk(ref, { state: 'sent', providerMessageId, invalidTargets: [target] }, 0, now);
      await chunks.markDelivered({ provider, providerMessageId, target }, now);
    }
    expectIndexes(40);
    expect(await rows.status(id)).toBe('completed');
  });

  it('that holds, releases, completes, schedules, lists, counts, cancels or expires', async () => {
    const { fanOut, held } = stores();
    const store = new PgNotificationStore(database);
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString().slice(11, 19);
    await rows.prefer('some', { quiet: [at(-3_600), at(3_600)] });
    const id = (await rows.notification({ audience: { topics: ['some'] } })) as NotificationId;
    await fanOut.resolveAudience(id);
    clock.forward(3_700);
    await held.release();
    await held.completeOverlooked();
    await store.summary(id);
    const old = (await services.sql<{ id: NotificationId }>("select md5('n1')::uuid as id"))[0]?.id ?? id;
    await store.summary(id);
    for (const state of [undefined, 'sent', 'failed'] as const)
      await store.deliveries(old, { limit: 100, after: '', state });
    await store.exists(id);
    await store.countRecipients({ users: [await anybody()], devices: [] }, clock.now());
    await store.cancel(id, clock.now());
    await database.transaction((tx) => store.queueDue(tx, 50, clock.now()));
    clock.forward(-3_700);
    expectIndexes(20);
    clock.forward(91 * DAY);
    for (const rule of PUSH_EXPIRY) {
      if ('expire' in rule)
        await database.transaction((tx) => rule.expire(tx, clock.now(), 1_000, clock.now()));
      else await new ExpirySweep(database, clock, [{ ...rule, keepSeconds: 100 * DAY }]).sweep();
    }
    clock.forward(-91 * DAY);
    expectIndexes(5);
  });

  it('that a person asks: feed, wishes, topics', async () => {
    const user = await anybody();
    const inbox = new PgInboxStore(database);
    const [newest] = await inbox.list(user, 20, undefined);
    if (newest === undefined) throw new Error('the feed is empty');
    await inbox.list(user, 20, newest);
    await inbox.countUnread(user);
    await inbox.markRead(user, newest.id, clock.now());
    await inbox.markAllRead(user, clock.now(), clock.now());
    await new PgPreferencesStore(database).find(user);
    const topics = new PgTopicStore(database);
    await database.transaction((tx) => topics.subscribe(tx, user, 'other', 100, clock.now()));
    await topics.list(user, 20, undefined);
    await topics.unsubscribe(user, 'other');
    expectIndexes(10);
  });
});
