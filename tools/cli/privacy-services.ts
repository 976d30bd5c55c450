import type { AuditLog } from '../../src/modules/audit';
import type { MailService } from '../../src/modules/mail';
import { ErasureLedger, ErasureReplay, PersonErasure, PgErasureStore } from '../../src/modules/privacy';
import { PgSubjectKeyStore, SubjectKeys } from '../../src/modules/subject-keys';
import type { Database } from '../../src/platform/database/database';
import type { Clock } from '../../src/shared/clock';
import type { Keyring } from '../../src/shared/keyring';
import type { ArchiveServices } from './archive-services';

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: { readonly data: Keyring; readonly keyEncryption: Keyring };
  readonly audit: AuditLog;
  readonly mails: MailService;
}

/** @throws Error where the command doesn't know where the ledger is */
export function erasureReplay(
  { database, clock, keys, audit, mails }: Parts,
  { archive }: Pick<ArchiveServices, 'archive'>,
): ErasureReplay {
  if (archive === undefined) throw new Error('ARCHIVE_BUCKET and AWS_REGION say where the ledger is');
  const store = new PgErasureStore(database, clock);
  const subjects = new SubjectKeys(new PgSubjectKeyStore(database), clock, keys);
  const people = new PersonErasure(store, mails, subjects, audit, keys);
  return new ErasureReplay(new ErasureLedger(archive), people, store, audit, database);
}
