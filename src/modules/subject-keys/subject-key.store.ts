import type { Transaction } from '../../platform/database/transaction';
import type { Id, UserId } from '../../shared/ids';

export type SubjectKeyId = Id<'SubjectKey'>;

export interface SealedSubjectKey {
  readonly id: SubjectKeyId;
  readonly userId: UserId;
  /** Under KEY_ENCRYPTION_KEYS. */
  readonly keySealed: Buffer;
}

/** Where the keys are while their person is. */
export abstract class SubjectKeyStore {
  /** Keeps those whose user is there. */
  abstract add(tx: Transaction, keys: readonly SealedSubjectKey[], now: Date): Promise<void>;
  /** One for each user that has any. */
  abstract ofUsers(userIds: readonly UserId[]): Promise<SealedSubjectKey[]>;
  abstract byIds(ids: readonly SubjectKeyId[]): Promise<SealedSubjectKey[]>;
  /** @returns how many there were */
  abstract destroy(tx: Transaction, userId: UserId): Promise<number>;
}
