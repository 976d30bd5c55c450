import type { Transaction } from '../../../platform/database/transaction';
import type { ApiKeyScope } from '../../../platform/http/principal';
import type { ApiKeyId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';

export interface ApiKey {
  readonly id: ApiKeyId;
  /** The public part of the key. */
  readonly keyId: string;
  readonly secretHash: Buffer;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** What every request with the key is signed with, where it demands that. */
  readonly signingKey: PublicJwk | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** To the minute, as far as it is written yet. */
  readonly lastUsedAt: Date | null;
  /** The key that a rotation made of it. */
  readonly replacedBy: ApiKeyId | null;
}

export type NewApiKey = Omit<ApiKey, 'revokedAt' | 'lastUsedAt' | 'replacedBy'>;

export abstract class ApiKeyStore {
  /** The same id again is the same request after a crash: nobody saw the first secret, so the new one takes its place. */
  abstract add(tx: Transaction, key: NewApiKey): Promise<void>;
  abstract findByKeyId(keyId: string): Promise<ApiKey | undefined>;
  /** Locked until the transaction ends. */
  abstract lock(tx: Transaction, id: ApiKeyId): Promise<ApiKey | undefined>;
  /** Newest first; up to `limit + 1` rows from `after` on. */
  abstract list(limit: number, after: ApiKeyId | undefined): Promise<ApiKey[]>;
  abstract revoke(tx: Transaction, id: ApiKeyId, now: Date): Promise<void>;
  abstract replace(tx: Transaction, id: ApiKeyId, by: ApiKeyId, expiresAt: Date): Promise<void>;

  /** Notes the uses of many keys in one statement; a key that was noted less than a minute before keeps its time. */
  abstract markUsed(uses: ReadonlyMap<ApiKeyId, Date>): Promise<void>;
  /**
   * Notes that so many days before the end somebody is warned, of each key that ends by then, is not replaced, and
   * had no such warning or a later one.
   * @returns those keys
   */
  abstract claimWarnings(tx: Transaction, days: number, endsBefore: Date, now: Date): Promise<ApiKeyId[]>;
}
