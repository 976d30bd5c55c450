import { randomBytes } from 'node:crypto';
import { PgSubjectKeyStore, SubjectKeys } from '../../src/modules/subject-keys';
import type { Database } from '../../src/platform/database/database';
import type { Clock } from '../../src/shared/clock';
import { Keyring } from '../../src/shared/keyring';

/** Under a key-encryption key of this run. */
const keyEncryption = new Keyring(new Map([[1, randomBytes(32)]]));

/** As one process has them: what it remembers is its own. */
export const subjectKeys = (database: Database, clock: Clock): SubjectKeys =>
  new SubjectKeys(new PgSubjectKeyStore(database), clock, { keyEncryption });
