import { gunzipSync, gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { EXPIRING } from '../../src/data-classes';
import { ArchivePreview, PgArchiveStore } from '../../src/modules/archive';
import { AuditVerification, StoredAuditArchives } from '../../src/modules/audit';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { newId, type UserId } from '../../src/shared/ids';
import { ArchiveBed, archivedTable } from '../support/archive-bed';
import { addUsers, auditProcess, from } from '../support/audit-bed';

jest.setTimeout(180_000);

describe('archived months', () => {
  let bed: ArchiveBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    bed = await ArchiveBed.start();
  });
  beforeEach(() => bed.reset());
  afterAll(() => bed.stop());

  it('keeps a month until its last row is 90 days old, then archives it without its bodies', async () => {
    const { archiving, storage, restore } = bed.archiver('webhook_events');
    await bed.webhookEvents(2_500);
    bed.clock.nowMs = Date.UTC(2027, 1, 28);
    expect(await archiving.run()).toEqual([]);
    bed.later();
    expect(
      await new ArchivePreview(
        new PgArchiveStore(bed.database),
        bed.clock,
        archivedTable('webhook_events'),
      ).preview(),
    ).toEqual([{ dataClass: 'loopin.webhook_events', count: 2_500 }]);
    expect(await archiving.run()).toEqual([{ dataClass: 'loopin.webhook_events', count: 2_500 }]);
    expect(await bed.services.sql('select from loopin.webhook_events')).toEqual([]);
    const restored = await restore('webhooks');
    expect(restored).toMatchObject({ rows: 2_500, sha256: restored.manifest.sha256 });
    const [row] = (
      await bed.owner.query('select * from loopin_restored.webhooks order by received_at limit 1')
    ).rows;
    expect(row).toMatchObject({ type: 'invoice.paid "ä"', state: 'processed', last_error: null });
    const objects = [...storage.objects].map(([key, content]) =>
      key.endsWith('.gz') ? gunzipSync(content).toString() : content.toString(),
    );
    expect(objects.join()).not.toContain(Buffer.from('secret body').toString('hex'));
  });

  it('seals a delivery’s person under their key, and forgets them with it', async () => {
    const { archiving, storage, subjects, restore } = bed.archiver('push_deliveries');
    const [kept, forgotten] = (await addUsers(bed.services, 2)) as [UserId, UserId];
    const notification = newId();
    await bed.services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, created_by, created_at)
       values ($1, 'completed', '{}', '{}', '{}', 'x', '2026-11-20T00:00:00Z')`,
      [notification],
    );
    await bed.services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, state, updated_at)
       select $1::uuid, 'token-' || n, 1, case when n % 2 = 0 then $2::uuid else $3::uuid end, gen_random_uuid(), 'sent', '2026-11-20T00:00:01Z'
       from generate_series(1, 1500) n`,
      [notification, kept, forgotten],
    );
    bed.later();
    const sweep = () => new ExpirySweep(bed.database, bed.clock, EXPIRING).sweep();
    const left = () => bed.services.sql('select from loopin.push_deliveries');
    await sweep();
    expect(await left()).toHaveLength(1500);
    await archiving.run();
    expect(await archiving.run()).toEqual([]);
    await sweep();
    expect(await left()).toEqual([]);

    const text = [...storage.objects.entries()]
      .filter(([key]) => key.endsWith('.gz'))
      .map(([, content]) => gunzipSync(content).toString())
      .join();
    expect(text).not.toContain('token-');
    await bed.database.transaction((tx) => subjects.destroy(tx, forgotten));
    await restore('deliveries');
    const { rows } = await bed.owner.query<{ user_id: UserId; subject_key: never; personal: string }>(
      'select user_id, subject_key, personal from loopin_restored.deliveries',
    );
    expect(rows).toHaveLength(1500);
    const keys = await subjects.byIds([...new Set(rows.map(({ subject_key }) => subject_key))]);
    const readable = rows.filter(({ subject_key }) => keys.has(subject_key));
    expect(new Set(readable.map(({ user_id }) => user_id))).toEqual(new Set([kept]));
    const [first] = readable;
    const opened = keys
      .get(first?.subject_key as never)
      ?.keyring.open(Buffer.from(first?.personal ?? '', 'base64'), 'archive:push_deliveries');
    expect(JSON.parse(opened?.toString() ?? '')).toMatchObject({
      target: expect.stringMatching(/^token-\d+$/),
    });
  });

  it('a month of the audit leaves, and the chain still holds, in the archive too', async () => {
    const { archiving, storage, store, subjects, restore } = bed.archiver('audit_events');
    const { log, sealer, copies, store: seals } = auditProcess(bed.database, bed.clock, storage, subjects);
    const people = await addUsers(bed.services, 3);
    const note = (id: UserId) =>
      from('203.0.113.9', () =>
        bed.database.transaction((tx) =>
          log.record(tx, {
            actor: `user:${id}`,
            action: 'x.done',
            target: 'x',
            details: { b: 1.5, a: 'ä "q"' },
          }),
        ),
      );
    for (const id of people) await note(id);
    bed.clock.nowMs = Date.UTC(2026, 11, 5, 0, 0, 0, 500);
    for (const id of people) await note(id);
    // one seal over rows of two months
    await sealer.sealNext();
    bed.clock.nowMs = Date.UTC(2027, 2, 2);
    await note(people[0] as UserId);
    await sealer.sealNext();
    await sealer.copyNewest();

    expect(await archiving.run()).toEqual([{ dataClass: 'loopin.audit_events', count: 3 }]);
    const partitions = await bed.services.sql<{ month: string | null }>(
      `select to_regclass('loopin.audit_events_202611')::text as month`,
    );
    expect(partitions).toEqual([{ month: null }]);
    await bed.database.transaction((tx) => subjects.destroy(tx, people[1] as UserId));
    const verify = (readArchives: boolean) =>
      new AuditVerification(seals).verify({
        copies,
        archives: new StoredAuditArchives(store, storage),
        readArchives,
      });
    expect(await verify(false)).toMatchObject({ seals: 2, sealsOfArchivedRows: 1, findings: [] });
    expect(await verify(true)).toMatchObject({
      seals: 2,
      rows: 7,
      sealsOfArchivedRows: 0,
      unsealed: 0,
      findings: [],
    });
    expect((await restore('audit')).rows).toBe(3);

    const [key = ''] = [...storage.objects.keys()].filter((one) => one.endsWith('.gz'));
    const tampered = gunzipSync(storage.objects.get(key) ?? '')
      .toString()
      .replace('x.done', 'x.dome');
    storage.objects.set(key, gzipSync(tampered));
    expect((await verify(true)).findings).toEqual([{ seal: 1, problem: 'row_changed' }]);
    await expect(restore('tampered')).rejects.toThrow('not what was archived');
  });

  it('a month of the audit that is not in the archive can’t be dropped', async () => {
    const drop = bed.services.database(3).transaction(async (tx) => {
      await sql`select loopin.drop_archived_audit_month('2027-05-01'::date)`.execute(tx.tables());
    });
    await expect(drop).rejects.toThrow('none in the archive');
  });
});
