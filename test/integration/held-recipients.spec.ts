import { Logger } from '@nestjs/common';
import { FanOutService } from '../../src/modules/push/fanout/fan-out.service';
import type { FanOut } from '../../src/modules/push/fanout/fan-out.store';
import { HeldRecipients } from '../../src/modules/push/fanout/held-recipients';
import { PgFanOutStore } from '../../src/modules/push/fanout/pg-fan-out.store';
import type { Database } from '../../src/platform/database/database';
import type { Transaction } from '../../src/platform/database/transaction';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { NotificationId } from '../../src/shared/ids';
import { SafeError } from '../../src/shared/safe-error';
import { AudienceRows } from '../support/audience-rows';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(120_000);

const CHUNK = 10;
const PEOPLE = 25;
const HOUR = 3_600;

describe('recipients in their quiet hours', () => {
  let services: Services;
  let database: Database;
  let rows: AudienceRows;
  let clock: TestClock;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(8);
    rows = new AudienceRows(services);
    await rows.people('q', PEOPLE);
  });
  beforeEach(async () => {
    clock = new TestClock();
    await services.sql('delete from loopin.push_deliveries');
    // quiet from an hour ago until in an hour
    await rows.prefer('q', { quiet: [clockTime(-HOUR), clockTime(HOUR)] });
  });
  afterAll(() => services.stop());

  const clockTime = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString().slice(11, 19);
  const outbox = () => new Outbox(clock, new RelayOnly(), database);
  const store = () => new PgFanOutStore(database);
  const fanOut = () => new FanOutService(store(), outbox(), database, clock, { chunkSize: CHUNK });
  const release = () => new HeldRecipients(store(), fanOut(), clock).release();
  const resolved = async (row: object = {}) => {
    const id = await rows.notification({ audience: { topics: ['q'] }, ...row });
    await fanOut().resolveAudience(id as NotificationId);
    return id;
  };
  const held = { 'pending quiet_hours': PEOPLE };
  const messagesOf = async (id: string) => (await rows.messages(id)).length;

  it('wait for no other notification, whose own fails again and again', async () => {
    const [failing, other] = [await resolved(), await resolved()];
    // so that it is the first one's turn each time
    await services.sql(
      "update loopin.push_deliveries set not_before = not_before - interval '1 minute' where notification_id = $1",
      [failing],
    );
    class FailingStore extends PgFanOutStore {
      override async lock(tx: Transaction, id: NotificationId): Promise<FanOut | undefined> {
        if (id === failing) throw new SafeError('a row that nobody can judge');
        return super.lock(tx, id);
      }
    }
    clock.forward(HOUR + 2);
    const service = new FanOutService(new FailingStore(database), outbox(), database, clock, {
      chunkSize: CHUNK,
    });
    const held = new HeldRecipients(store(), service, clock);
    // the loop has to hear of it
    await expect(held.release()).rejects.toThrow('a row that nobody can judge');
    expect(await rows.outcome(other)).toEqual({ pending: PEOPLE });
  });

  it('are held until these end, then reached once, whoever looks', async () => {
    const id = await resolved();
    expect(await rows.outcome(id)).toEqual(held);
    await release();
    expect([await rows.outcome(id), await rows.status(id)]).toEqual([held, 'sending']);
    clock.forward(HOUR + 2);
    await Promise.all(range(4).map(release));
    expect(await rows.outcome(id)).toEqual({ pending: PEOPLE });
    const chunks = await rows.chunks(id);
    expect(chunks.map(({ state, members, rows }) => [state, members, rows])).toEqual([
      ['pending', 10, 10],
      ['pending', 10, 10],
      ['pending', 5, 5],
    ]);
    expect(await messagesOf(id)).toBe(3);
  });

  it('are judged by what they want then', async () => {
    const id = await resolved({ category: 'promo' });
    await rows.prefer('q', { quiet: [clockTime(-HOUR), clockTime(2 * HOUR)] });
    clock.forward(HOUR + 2);
    await release();
    expect(await rows.outcome(id)).toEqual(held);
    await rows.prefer('q', { optedOut: ['promo'] });
    clock.forward(HOUR);
    await release();
    expect(await rows.outcome(id)).toEqual({ 'suppressed opted_out': PEOPLE });
    expect(await rows.status(id)).toBe('completed');
  });

  it('are spared where the push is worth nothing by then', async () => {
    const id = await resolved({ expiresInSeconds: HOUR / 2 });
    expect(await rows.outcome(id)).toEqual(held);
    clock.forward(HOUR / 2 + 2);
    await release();
    expect(await rows.outcome(id)).toEqual({ 'suppressed quiet_hours': PEOPLE });
    expect([await rows.status(id), await messagesOf(id)]).toEqual(['completed', 0]);
  });

  it('end their notification also where the worker died before it could say so', async () => {
    const id = await resolved({ category: 'promo' });
    await rows.prefer('q', { optedOut: ['promo'] });
    clock.forward(HOUR + 2);
    const dying = store();
    dying.completeWhenDone = () => Promise.reject(new Error('killed'));
    const worker = new FanOutService(dying, outbox(), database, clock, { chunkSize: CHUNK });
    await expect(worker.releaseHeld(id as NotificationId)).rejects.toThrow('killed');
    expect(await rows.status(id)).toBe('sending');
    await new HeldRecipients(store(), fanOut(), clock).completeOverlooked();
    expect(await rows.status(id)).toBe('completed');
  });

  it('are disturbed by what is silent, urgent, or asked to', async () => {
    for (const row of [
      { content: { silent: true } },
      { category: 'security' },
      { respectQuietHours: false },
    ]) {
      expect(await rows.outcome(await resolved(row))).toEqual({ pending: PEOPLE });
    }
  });

  it('are counted by a cap when they are reached, once for all their phones', async () => {
    await rows.cap('news', 1, 7 * 24 * HOUR);
    await services.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, push_provider, push_target, token_hash,
         created_at, last_seen_at)
       select md5(id::text || 2)::uuid, user_id, md5(device_id::text || 2)::uuid, platform, app_version, push_provider,
         md5(push_target || 2)::uuid, token_hash, created_at, last_seen_at from loopin.devices`,
    );
    await services.sql(
      `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
         expires_at, absolute_expires_at)
       select md5(id::text || 2)::uuid, user_id, md5(device_id::text || 2)::uuid, aal, amr, authenticated_at, created_at,
         last_used_at, expires_at, absolute_expires_at from loopin.sessions`,
    );
    const [first, second] = [await resolved({ category: 'news' }), await resolved({ category: 'news' })];
    expect(await services.sql('select from loopin.push_category_sends')).toHaveLength(0);
    clock.forward(HOUR + 2);
    await Promise.all(range(3).map(release));
    const outcomes = [await rows.outcome(first), await rows.outcome(second)];
    const [sent, capped] = [{ pending: 2 * PEOPLE }, { 'suppressed frequency_cap': 2 * PEOPLE }];
    expect(outcomes.map((one) => JSON.stringify(one)).sort()).toEqual(
      [sent, capped].map((one) => JSON.stringify(one)).sort(),
    );
    expect(
      await services.sql('select from loopin.push_category_sends where cardinality(sent_at) = 1'),
    ).toHaveLength(PEOPLE);
    const third = await resolved({ category: 'news', respectQuietHours: false });
    expect(await rows.outcome(third)).toEqual(capped);
    clock.forward(8 * 24 * HOUR);
    const fourth = await resolved({
      category: 'news',
      respectQuietHours: false,
      expiresInSeconds: 9 * 24 * HOUR,
    });
    expect(await rows.outcome(fourth)).toEqual(sent);
  });
});
