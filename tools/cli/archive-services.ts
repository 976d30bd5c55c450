import type { CliEnv } from '../../src/config/env';
import { ARCHIVED, EXPIRING } from '../../src/data-classes';
import { ArchivePreview, type ArchiveStore, PgArchiveStore } from '../../src/modules/archive';
import {
  AuditEntries,
  AuditVerification,
  PgAuditEntryStore,
  PgSealStore,
  SealCopies,
  StoredAuditArchives,
  type VerificationReport,
} from '../../src/modules/audit';
import { PgSubjectKeyStore, SubjectKeys } from '../../src/modules/subject-keys';
import { S3ArchiveStorage } from '../../src/platform/archive/s3.archive-storage';
import type { Database } from '../../src/platform/database/database';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import type { Clock } from '../../src/shared/clock';

export interface ArchiveServices {
  /** Undefined where no bucket is named: the commands then look at the database alone. */
  readonly archive: S3ArchiveStorage | undefined;
  readonly archives: ArchiveStore;
  readonly archiving: ArchivePreview;
  readonly expiry: ExpirySweep;
  readonly auditEntries: AuditEntries;
  readonly verifyAudit: (readArchives: boolean) => Promise<VerificationReport>;
}

/** What is kept for how long, and the audit. */
export function archiveServices(env: CliEnv, database: Database, clock: Clock): ArchiveServices {
  const subjects = new SubjectKeys(new PgSubjectKeyStore(database), clock, {
    keyEncryption: env.KEY_ENCRYPTION_KEYS,
  });
  const archive = archiveOf(env);
  const archives = new PgArchiveStore(database);
  return {
    archive,
    archives,
    archiving: new ArchivePreview(archives, clock, ARCHIVED),
    expiry: new ExpirySweep(database, clock, EXPIRING),
    auditEntries: new AuditEntries(new PgAuditEntryStore(database), subjects),
    verifyAudit: (readArchives) => {
      if (readArchives && archive === undefined) throw new Error('ARCHIVE_BUCKET and AWS_REGION are missing');
      return new AuditVerification(new PgSealStore(database)).verify({
        copies: archive && new SealCopies(archive),
        archives: new StoredAuditArchives(archives, archive),
        readArchives,
      });
    },
  };
}

function archiveOf(env: CliEnv): S3ArchiveStorage | undefined {
  const { ARCHIVE_BUCKET: bucket, AWS_REGION: region, ARCHIVE_ENDPOINT: endpoint } = env;
  return bucket === undefined || region === undefined
    ? undefined
    : new S3ArchiveStorage({ bucket, region, endpoint });
}
