import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MonthExport, PgArchiveStore } from '../../src/modules/archive';
import { MailService, PgMailStore } from '../../src/modules/mail';
import {
  ErasureLedger,
  ErasureReplay,
  PERSONAL_DATA,
  PersonErasure,
  PgErasureStore,
} from '../../src/modules/privacy';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { UserId } from '../../src/shared/ids';
import { Keyring } from '../../src/shared/keyring';
import { archivedTable } from '../support/archive-bed';
import { addUsers, auditProcess, from } from '../support/audit-bed';
import { FixedClock } from '../support/fixed-clock';
import { MemoryArchive } from '../support/memory-archive';
import { personalDataTable } from '../support/personal-data-table';
import { ROOT } from '../support/program';
import { scaled } from '../support/scale';
import { Services } from '../support/services';
import { tablesWith } from '../support/tables-with';

jest.setTimeout(300_000);

const USERS = scaled(100, 1_000);
const MONTHS = 36;
const MARK = 'marked-person';

describe('forgetting a person', () => {
  let services: Services;
  beforeAll(async () => {
    services = await Services.start();
  });
  afterAll(() => services.stop());

  it('has a line for every table, and for every column that is personal or is not', async () => {
    const columns = await services.sql<{ name: string }>(
      `select 'loopin.' || c.relname || '.' || a.attname as name
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'loopin'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       order by 1`,
    );
    const listed = PERSONAL_DATA.flatMap(({ table, personal, other }) =>
      [...personal, ...other].map((column) => `${table}.${column}`),
    );
    expect([...listed].sort()).toEqual(columns.map(({ name }) => name).sort());
  });

  it('is in the documentation as it is in the code', () => {
    expect(readFileSync(path.join(ROOT, 'docs/privacy.md'), 'utf8')).toContain(personalDataTable());
  });

  it('one of many over three years: nothing of theirs is readable, the chain holds, the others keep theirs; also after a restore', async () => {
    const clock = new FixedClock();
    const database = services.database(6);
    const archive = new MemoryArchive();
    const audit = auditProcess(database, clock, archive);
    const keys = {
      data: new Keyring(new Map([[1, randomBytes(32)]])),
      keyEncryption: new Keyring(new Map([[1, randomBytes(32)]])),
    };
    const mails = new MailService(
      new PgMailStore(database),
      new Outbox(clock, new RelayOnly(), database),
      clock,
      keys,
    );
    const store = new PgErasureStore(database, clock);
    const people = new PersonErasure(store, mails, audit.subjects, audit.log, keys);
    const ledger = new ErasureLedger(archive);
    const users = await addUsers(services, USERS);
    const leaving = users[3] as UserId;
    const email = `${MARK}@example.com`;
    await services.sql('update loopin.users set email = $2, display_name = $2 where id = $1', [
      leaving,
      email,
    ]);
    for (let month = 0; month < MONTHS; month++) {
      clock.nowMs = Date.UTC(2024, month, 10);
      await database.transaction(async (tx) => {
        for (const user of users) {
          await from(user === leaving ? '203.0.113.77' : '198.51.100.9', () =>
            audit.log.record(tx, { actor: `user:${user}`, action: 'thing.done', target: 'thing:1' }),
          );
        }
      });
    }
    await services.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, model, push_provider, push_target, created_at, last_seen_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'ios', '1.0.0', $2, 'fcm', $2, now(), now())`,
      [leaving, MARK],
    );
    await services.sql(
      `insert into loopin.registrations (email, code_mac, code_expires_at, created_at) values ($1, '', now(), now())`,
      [email],
    );
    await services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, created_by, created_at)
       values ('0199a000-0000-7000-8000-000000000001', 'completed', jsonb_build_object('users', jsonb_build_array($1::text)),
         jsonb_build_object('body', $2::text), '{}', 'api_key:x', now())`,
      [leaving, `Hello ${MARK}`],
    );
    await services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, state, updated_at)
       values ('0199a000-0000-7000-8000-000000000001', $2, 0, $1, gen_random_uuid(), 'sent', now())`,
      [leaving, MARK],
    );
    await database.transaction((tx) =>
      mails.send(
        tx,
        { name: 'x', variables: {} as never, render: () => ({ subject: '', text: '' }) },
        email,
        {},
      ),
    );
    await audit.sealAll();
    const others = () =>
      services.sql<{ sum: string }>(
        `select md5(string_agg(u::text, '' order by id)) as sum from loopin.users u where id <> $1`,
        [leaving],
      );
    const shown = async (user: UserId) =>
      (await audit.entries.list({ actor: `user:${user}`, limit: 100 }, true)).data.map(
        ({ ipPrefix }) => ipPrefix,
      );
    const months = new MonthExport(new PgArchiveStore(database), archive, audit.subjects, database, clock);
    for (const table of [...archivedTable('audit_events'), ...archivedTable('push_deliveries')]) {
      for (const month of ['2024-01', '2024-12', new Date().toISOString().slice(0, 7)])
        await months.write(table, month, undefined);
    }
    const before = await others();
    const backup = await services.sql<{ row: unknown }>(
      'select to_jsonb(u) as row from loopin.users u where id = $1',
      [leaving],
    );
    expect(await shown(leaving)).toEqual(Array(MONTHS).fill('203.0.113.0/24'));

    const forget = async () => {
      await ledger.add(leaving, clock.now());
      await database.transaction((tx) => people.erase(tx, leaving, 'system', {}));
      await store.forgetDeliveries([leaving], undefined, true);
      await store.forgetNotifications([leaving]);
    };
    await forget();
    await audit.sealAll();
    expect(await tablesWith(services, MARK)).toEqual([]);
    const archived = [...archive.objects.values()].map((object) =>
      (object[0] === 0x1f ? gunzipSync(object) : object).toString(),
    );
    expect(archived.filter((text) => text.includes(leaving)).length).toBeGreaterThan(2);
    expect(archived.filter((text) => text.includes(MARK) || text.includes('203.0.113'))).toEqual([]);
    expect(await shown(leaving)).toEqual(Array(MONTHS).fill(null));
    expect(await services.sql('select from loopin.mails where content_sealed is not null')).toEqual([]);
    expect(await shown(users[4] as UserId)).toEqual(Array(MONTHS).fill('198.51.100.0/24'));
    expect(await others()).toEqual(before);
    expect(await audit.verify()).toMatchObject({ findings: [] });

    // as a backup brings it back
    await services.sql(
      'insert into loopin.users select * from jsonb_populate_record(null::loopin.users, $1)',
      [JSON.stringify(backup[0]?.row)],
    );
    expect(await tablesWith(services, MARK)).toEqual(['loopin.users']);
    const replay = new ErasureReplay(ledger, people, store, audit.log, database);
    expect(await replay.replay()).toEqual({ entries: 1, accounts: 1, deliveries: 0 });
    expect(await replay.replay()).toEqual({ entries: 1, accounts: 0, deliveries: 0 });
    expect(await tablesWith(services, MARK)).toEqual([]);
    expect(await others()).toEqual(before);
  });
});
