export { PgSubjectKeyStore, subjectKeyInsert } from './pg-subject-key.store';
export type { SealedSubjectKey, SubjectKeyId } from './subject-key.store';
export { type SubjectKey, SubjectKeys } from './subject-keys';
export { SubjectKeysModule } from './subject-keys.module';
