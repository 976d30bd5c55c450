import { Logger } from '@nestjs/common';
import { type ArchivedRow, PgArchiveStore } from '../../src/modules/archive';
import { PgErasureStore } from '../../src/modules/privacy';
import type { ArchivedTable } from '../../src/platform/database/archived-table';
import type { Database } from '../../src/platform/database/database';
import type { UserId } from '../../src/shared/ids';
import { archivedTable } from '../support/archive-bed';
import { range } from '../support/concurrently';
import { readsOf } from '../support/reads';
import { scaled } from '../support/scale';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(600_000);

const ROWS = scaled(20_000, 1_000_000);
const MONTH = '2026-11';
const PAGE = 100;
/** A row of a page is read with what hangs on it, from tables and their indexes. */
const MOST_A_ROW = 20;
const TABLES = ['push_deliveries', 'push_notifications', 'push_chunks', 'webhook_events', 'audit_events'];

/** What Postgres itself counts of the real statements: a page costs a page, wherever in the month it is. */
describe(`archiving and erasing among ${ROWS} rows`, () => {
  let services: Services;
  let database: Database;
  let store: PgArchiveStore;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(2);
    store = new PgArchiveStore(database);
    // over months: old ones whose recipients are gone, small ones, and one in the middle that half of all rows belong to
    await services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, created_by, created_at, details_expired_at)
       select md5('n' || i)::uuid, 'completed', '{"users": ["a", "b"]}', '{"title": "x"}', '{}', 'test', t,
         case when i < ${ROWS / 50} then t end
       from generate_series(0, ${ROWS / 20}) i,
         lateral (select '2026-10-15'::timestamptz + i * interval '45 days' / ${ROWS / 20}) as m(t)`,
    );
    await services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, provider, state, updated_at)
       select md5('n' || case when i <= ${ROWS / 2} then ${ROWS / 30} else ${ROWS / 50} + i % ${ROWS / 40} end)::uuid, 't' || i, 0,
         md5('u' || i % 1000)::uuid, md5('d' || i)::uuid, 'fcm', 'sent', now()
       from generate_series(1, ${ROWS}) i`,
    );
    await services.sql(
      `insert into loopin.webhook_events (id, source, provider_event_id, type, body_sealed, state, received_at, processed_at)
       select gen_random_uuid(), 'stripe', i::text, 'x', 'sealed', 'processed', t, t
       from generate_series(1, ${ROWS / 2}) i,
         lateral (select '2026-10-15'::timestamptz + i * interval '60 days' / ${ROWS / 2}) as m(t)`,
    );
    await services.sql('vacuum analyze');
  });
  afterAll(() => services.stop());

  const read = () => readsOf(TABLES, services, database);

  /** @returns what it gave; it may read so many rows and entries of indexes */
  async function cheap<Result>(most: number, work: () => Promise<Result>): Promise<Result> {
    const before = await read();
    const result = await work();
    const rows = (await read()).rows - before.rows;
    expect(Math.max(rows, most)).toBe(most);
    return result;
  }

  const table = (name: string): ArchivedTable => archivedTable(name)[0] as ArchivedTable;
  const page = (of: ArchivedTable, after: ArchivedRow | undefined, limit = PAGE) =>
    database.transaction((tx) => store.page(tx, of, MONTH, after, limit));

  it.each(['push_deliveries', 'webhook_events'])(
    'a page of %s costs a page: first, middle, last',
    async (name) => {
      const of = table(name);
      const [{ count } = { count: 0 }] = [{ count: await store.countMonth(of, MONTH) }];
      let seen: ArchivedRow[] = [];
      // in large steps to the places where it is looked at
      for (const part of [0, 0.3, 0.5, 0.9]) {
        const missing = Math.floor(part * count) - seen.length;
        if (missing > 0) seen = seen.concat(await page(of, seen.at(-1), missing));
        const rows = await cheap(PAGE * MOST_A_ROW, () => page(of, seen.at(-1)));
        expect(rows).toHaveLength(PAGE);
        seen = seen.concat(rows);
      }
      seen = seen.concat(await page(of, seen.at(-1), count));
      const ids = new Set(seen.map((row) => `${row.id ?? row.notification_id} ${row.target ?? ''}`));
      expect([seen.length, ids.size]).toEqual([count, count]);
    },
  );

  it('the oldest month is found without looking at what is gone', async () => {
    for (const name of ['push_deliveries', 'webhook_events', 'audit_events'])
      await cheap(20, () => store.oldestMonth(table(name)));
    expect(await store.oldestMonth(table('push_deliveries'))).toBe(MONTH);
  });

  it('rows leave in batches that each cost a batch', async () => {
    const of = table('webhook_events');
    for (const _ of range(5)) await cheap(PAGE * MOST_A_ROW, () => store.removeRows(of, '2026-10', PAGE));
  });

  it('an erasure walks over the deliveries once, by their key', async () => {
    const erasure = new PgErasureStore(database, new TestClock());
    const [{ id } = { id: '' }] = await services.sql<{ id: UserId }>("select md5('u7')::uuid as id");
    let erased = 0;
    let after: Parameters<PgErasureStore['forgetDeliveries']>[1];
    await cheap(ROWS * MOST_A_ROW, async () => {
      do {
        const found = await erasure.forgetDeliveries([id as UserId], after, true);
        erased += found.erased;
        after = found.next;
      } while (after !== undefined);
    });
    expect(erased).toBe(ROWS / 1_000);
    await cheap((ROWS / 20) * MOST_A_ROW, () => erasure.forgetNotifications([id as UserId]));
  });
});
