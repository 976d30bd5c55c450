import type { ApiKeyScope } from '../../platform/http/principal';
import type { ApiKeyId } from '../../shared/ids';

export interface ApiKey {
  readonly id: ApiKeyId;
  /** The public part of the key. */
  readonly keyId: string;
  readonly secretHash: Buffer;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export abstract class ApiKeyStore {
  abstract add(key: ApiKey): Promise<void>;
  abstract findByKeyId(keyId: string): Promise<ApiKey | undefined>;
  /** Newest first; up to `limit + 1` rows from `after` on. */
  abstract list(limit: number, after: ApiKeyId | undefined): Promise<ApiKey[]>;
  /** @returns whether there is such a key; revoking twice is fine */
  abstract revoke(id: ApiKeyId, now: Date): Promise<boolean>;
}
