import { randomUUID } from 'node:crypto';
import {
  AuditEntries,
  AuditLog,
  AuditVerification,
  PgAuditEntryStore,
  PgAuditStore,
} from '../../src/modules/audit';
import { AuditSealer } from '../../src/modules/audit/seals/audit-sealer';
import { PgSealStore } from '../../src/modules/audit/seals/pg-seal.store';
import { SealCopies } from '../../src/modules/audit/seals/seal-copies';
import type { Database } from '../../src/platform/database/database';
import type { Clock } from '../../src/shared/clock';
import { newId, type UserId } from '../../src/shared/ids';
import { runInContext } from '../../src/shared/request-context';
import { MemoryArchive } from './memory-archive';
import type { Services } from './services';
import { subjectKeys } from './subject-keys';

/** The audit as one process has it: its own memory of keys, its own sealer. */
export function auditProcess(
  database: Database,
  clock: Clock,
  archive = new MemoryArchive(),
  subjects = subjectKeys(database, clock),
) {
  const store = new PgSealStore(database);
  const copies = new SealCopies(archive);
  const log = new AuditLog(new PgAuditStore(subjects), clock);
  const sealer = new AuditSealer(store, copies, database, clock);
  return {
    subjects,
    store,
    copies,
    log,
    sealer,
    sealAll: async () => {
      while (await sealer.sealNext());
    },
    entries: new AuditEntries(new PgAuditEntryStore(database), subjects),
    verify: () => new AuditVerification(store).verify({ copies, readArchives: false }),
    record: (actor: string, action = 'thing.done') =>
      database.transaction((tx) => log.record(tx, { actor, action, target: `thing:${randomUUID()}` })),
  };
}

/** As if a request had come from there. */
export const from = <Result>(address: string, work: () => Promise<Result>): Promise<Result> =>
  runInContext(
    {
      correlationId: randomUUID(),
      origin: () => ({ address, deviceId: '0199a000-0000-7000-8000-0000000000aa' }),
    },
    work,
  );

/** Accounts that no sign-up made. */
export async function addUsers(services: Services, count: number): Promise<UserId[]> {
  const ids = Array.from({ length: count }, () => newId<'User'>());
  await services.sql(
    "insert into loopin.users (id, email, created_at) select id, id || '@example.com', now() from unnest($1::uuid[]) id",
    [ids],
  );
  return ids;
}
