import { Logger } from '@nestjs/common';
import { FanOutService } from '../../src/modules/push/fanout/fan-out.service';
import { PgFanOutStore } from '../../src/modules/push/fanout/pg-fan-out.store';
import { DueNotifications } from '../../src/modules/push/notifications/due-notifications';
import { PgNotificationStore } from '../../src/modules/push/notifications/pg-notification.store';
import type { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { NotificationId, UserId } from '../../src/shared/ids';
import { AudienceRows } from '../support/audience-rows';
import { range } from '../support/concurrently';
import { BOUNDARIES, DyingOutbox, DyingStore } from '../support/dying-fan-out';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(120_000);

const CHUNK = 10;
/** Pages of 10, then of 30. */
const PEOPLE = 127;

describe('the fan-out', () => {
  let services: Services;
  let database: Database;
  let rows: AudienceRows;
  let clock: TestClock;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(8);
    rows = new AudienceRows(services);
    await rows.people('a', PEOPLE);
    await rows.people('fcm', 3, 'fcm');
  });
  beforeEach(() => {
    clock = new TestClock();
  });
  afterAll(() => services.stop());

  const outbox = () => new Outbox(clock, new RelayOnly(), database);
  const fanOut = (store = new PgFanOutStore(database), box = outbox()) =>
    new FanOutService(store, box, database, clock, { chunkSize: CHUNK });
  const resolve = async (id: string) => fanOut().resolveAudience(id as NotificationId);
  const toSet = async (set: string, row: object = {}) =>
    rows.notification({ audience: { topics: [set] }, ...row });

  /** Every person once, in chunks that are what they say, each with one message. */
  async function expectWhole(id: string, people = PEOPLE): Promise<void> {
    expect(await rows.outcome(id)).toEqual({ pending: people });
    const chunks = await rows.chunks(id);
    expect(chunks.every(({ state, members, rows }) => state === 'pending' && members === rows)).toBe(true);
    expect(chunks.map(({ members }) => members).sort()).toEqual(
      range(Math.ceil(people / CHUNK))
        .map((i) => Math.min(CHUNK, people - i * CHUNK))
        .sort(),
    );
    const sent = (await rows.messages(id)).filter(({ type }) => type === 'push.deliver-chunk');
    expect(sent.map(({ payload }) => payload.chunk).sort()).toEqual(chunks.map(({ chunk }) => chunk).sort());
    expect(await rows.inbox(id)).toBe(people);
  }

  it('freezes everybody once, in full chunks, whatever the page', async () => {
    const id = await toSet('a');
    await resolve(id);
    await expectWhole(id);
    await resolve(id);
    await expectWhole(id);
  });

  it.each(BOUNDARIES.flatMap((at) => [1, 3, 5].map((page) => [at, page] as const)))(
    'goes on where it was killed: %s, page %i',
    async (at, page) => {
      const id = await toSet('a');
      const store = new DyingStore(database, at, page);
      const box = new DyingOutbox(clock, new RelayOnly(), database);
      box.store = store;
      await expect(fanOut(store, box).resolveAudience(id as NotificationId)).rejects.toThrow('killed');
      await resolve(id);
      await expectWhole(id);
    },
  );

  it('reaches everybody of a list that names some twice', async () => {
    const people = await services.sql<{ id: string }>(
      "select user_id as id from loopin.push_topic_subscriptions where topic = 'a' order by user_id",
    );
    const users = people.flatMap(({ id }) => [id, id, id]);
    const id = await rows.notification({ audience: { users } });
    await resolve(id);
    await expectWhole(id);
  });

  it('hands over to a new message when workers die, as long as there is progress', async () => {
    const id = (await toSet('a')) as NotificationId;
    const dying = (page: number) => fanOut(new DyingStore(database, 'lock', page));
    const resolving = async () =>
      (await rows.messages(id)).filter(({ type }) => type === 'push.resolve-audience').length;
    await expect(dying(3).resolveAudience(id)).rejects.toThrow('killed');
    const before = await rows.chunks(id);
    await fanOut().resolveAudience(id, { after: null, again: true });
    expect([await resolving(), await rows.chunks(id)]).toEqual([1, before]);
    const [{ audience_cursor: after } = { audience_cursor: null }] = await services.sql<{
      audience_cursor: UserId;
    }>('select audience_cursor from loopin.push_notifications where id = $1', [id]);
    await fanOut().resolveAudience(id, { after, again: true });
    expect(await resolving()).toBe(1);
    await expectWhole(id);
  });

  it('makes a page again where two phones named one target, or an earlier page had it', async () => {
    await rows.people('twice', 4);
    await services.sql(
      `update loopin.devices set push_provider = 'fcm', push_target = md5('twicet2')::uuid
       where device_id = md5('twiced1')::uuid`,
    );
    const id = await toSet('twice');
    await resolve(id);
    expect(await rows.outcome(id)).toEqual({ pending: 3 });
    expect((await rows.chunks(id)).every(({ members, rows }) => members === rows)).toBe(true);
    expect(await rows.inbox(id)).toBe(4);
    await services.sql("delete from loopin.users where email like 'twice%'");
  });

  it('by many workers at once doubles nobody', async () => {
    const id = await toSet('a');
    await Promise.all(range(4).map(() => resolve(id)));
    await expectWhole(id);
  });

  it('joins all kinds of an audience, nobody twice, and a device alone where only it is named', async () => {
    const [one] = await services.sql<{ user_id: string }>("select md5('au1')::uuid as user_id");
    const [device] = await services.sql<{ device_id: string }>("select md5('ad2')::uuid as device_id");
    const audience = { topics: ['fcm'], users: [one?.user_id], devices: [device?.device_id] };
    const id = await rows.notification({ audience });
    await resolve(id);
    expect(await rows.outcome(id)).toEqual({ pending: 5 });
    const chunks = await rows.chunks(id);
    expect(chunks.map(({ provider, members }) => [provider, members]).sort()).toEqual([
      ['fcm', 3],
      ['onesignal', 2],
    ]);
    const everybody = await rows.notification({ audience: { all: true } });
    await resolve(everybody);
    expect(await rows.outcome(everybody)).toEqual({ pending: PEOPLE + 3 });
  });

  it('finds each phone its words: exact, language, default', async () => {
    const id = await toSet('a', { localizations: { 'pt-BR': { title: 'br' }, PT: { title: 'pt' } } });
    await resolve(id);
    const found = await services.sql<{ locale: string; variant: string }>(
      `select distinct d.locale, p.variant from loopin.push_deliveries p join loopin.devices d using (device_id)
       where notification_id = $1 order by 1`,
      [id],
    );
    expect(Object.fromEntries(found.map(({ locale, variant }) => [locale, variant]))).toEqual({
      'pt-br': 'pt-BR',
      'pt-PT': 'PT',
      en: '',
      null: '',
    });
    expect((await rows.chunks(id)).every(({ members, rows }) => members === rows)).toBe(true);
  });

  it('leaves out phones that are dead, signed out, or without a token, but not those that are stale', async () => {
    await rows.people('gone', 4);
    await services.sql(
      "update loopin.devices set last_seen_at = now() - interval '271 days' where device_id = md5('goned1')::uuid",
    );
    await services.sql("update loopin.devices set token_hash = null where device_id = md5('goned2')::uuid");
    await services.sql("update loopin.sessions set revoked_at = now() where device_id = md5('goned3')::uuid");
    await services.sql(
      "update loopin.devices set last_seen_at = now() - interval '269 days' where device_id = md5('goned4')::uuid",
    );
    const id = await toSet('gone');
    await resolve(id);
    expect(await rows.outcome(id)).toEqual({ pending: 1 });
    await services.sql("delete from loopin.users where email like 'gone%'");
  });

  it('suppresses who opted out, but not from what concerns their security', async () => {
    await rows.people('out', 3);
    await rows.prefer('out', { optedOut: ['promo', 'security'] });
    const id = await toSet('out', { category: 'promo' });
    await resolve(id);
    expect(await rows.outcome(id)).toEqual({ 'suppressed opted_out': 3 });
    expect([await rows.status(id), await rows.inbox(id)]).toEqual(['completed', 0]);
    const alarm = await toSet('out', { category: 'security' });
    await resolve(alarm);
    expect(await rows.outcome(alarm)).toEqual({ pending: 3 });
  });

  it('is over at once where nobody is, silent without an inbox, and a dry run without anything', async () => {
    const nobody = await toSet('nobody');
    await resolve(nobody);
    expect(await rows.status(nobody)).toBe('completed');
    const silent = await toSet('a', { content: { silent: true } });
    await resolve(silent);
    expect(await rows.inbox(silent)).toBe(0);
    const dry = await toSet('a', { dryRun: true });
    await resolve(dry);
    expect(await rows.outcome(dry)).toEqual({ 'suppressed dry_run': PEOPLE });
    expect([await rows.status(dry), await rows.inbox(dry), await rows.messages(dry)]).toEqual([
      'completed',
      0,
      [],
    ]);
  });

  it('does nothing once it was cancelled, and cannot be cancelled once it began', async () => {
    const store = new PgNotificationStore(database);
    const early = (await toSet('a')) as NotificationId;
    expect(await store.cancel(early, clock.now())).toBe('cancelled');
    await resolve(early);
    expect(await rows.outcome(early)).toEqual({});
    for (const _ of range(10)) {
      const id = (await toSet('a')) as NotificationId;
      const [status] = await Promise.all([store.cancel(id, clock.now()), resolve(id)]);
      if (status === 'cancelled') expect(await rows.outcome(id)).toEqual({});
      else await expectWhole(id);
    }
  });

  it('queues what is scheduled once when it is due, whoever looks', async () => {
    const due = () => new DueNotifications(new PgNotificationStore(database), outbox(), database, clock);
    const id = await toSet('a', { sendAt: new Date(clock.now().getTime() + 60_000) });
    await due().queue();
    expect(await rows.status(id)).toBe('scheduled');
    clock.forward(61);
    await Promise.all(range(4).map(() => due().queue()));
    expect(await rows.status(id)).toBe('queued');
    expect(await rows.messages(id)).toHaveLength(1);
  });
});
