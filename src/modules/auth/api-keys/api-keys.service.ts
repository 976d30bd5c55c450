import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { ApiKeyScope } from '../../../platform/http/principal';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import { randomAlphanumeric, sha256 } from '../../../shared/hash';
import type { ApiKeyId } from '../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../shared/page';
import type { PublicJwk } from '../../../shared/public-jwk';
import { AuditLog } from '../../audit';
import { ApiKeyNotRotatable } from '../auth.errors';
import { type ApiKey, ApiKeyStore, type NewApiKey } from './api-key.store';

const LIFETIME_SECONDS = 90 * DAY;
const OVERLAP_SECONDS = DAY;

export interface ApiKeyRequest {
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Every request with the key has to be signed with this one. */
  readonly signingKey?: PublicJwk | null | undefined;
}

/** A key as it is made: `key` is shown this once. */
export interface CreatedApiKey {
  readonly apiKey: NewApiKey;
  readonly key: string;
}

/** Keys of servers: `lk_<16 letters or digits>_<43 more>`; the second part is stored as its SHA-256 only. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param id of the new key: the same one again makes no second key */
  async create(actor: string, id: ApiKeyId, request: ApiKeyRequest): Promise<CreatedApiKey> {
    return this.database.transaction(async (tx) => {
      const created = this.make(id, request);
      await this.store.add(tx, created.apiKey);
      await this.record(tx, actor, 'created', id);
      return created;
    });
  }

  async list(page: PageQuery): Promise<Page<ApiKey>> {
    const rows = await this.store.list(page.limit, page.cursor as ApiKeyId | undefined);
    return toPage(rows, page.limit, (key) => key.id);
  }

  /** Known to every process within 30 s; revoking twice is fine. @throws NotFound */
  async revoke(actor: string, id: ApiKeyId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const key = await this.store.lock(tx, id);
      if (key === undefined) throw new NotFound();
      if (key.revokedAt !== null) return;
      await this.store.revoke(tx, id, this.clock.now());
      await this.record(tx, actor, 'revoked', id);
    });
  }

  /**
   * A new key of the same name, scopes and signing key; the old one ends in 24 h at the latest.
   * @param newId of the new key: the same one again makes no second key
   * @throws NotFound
   * @throws ApiKeyNotRotatable when it has ended or was replaced
   */
  async rotate(actor: string, id: ApiKeyId, newId: ApiKeyId): Promise<CreatedApiKey & { oldEndsAt: Date }> {
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const old = await this.store.lock(tx, id);
      if (old === undefined) throw new NotFound();
      const ended = old.revokedAt !== null || old.expiresAt <= now;
      const replaced = old.replacedBy !== null && old.replacedBy !== newId;
      if (ended || replaced) throw new ApiKeyNotRotatable();
      const created = this.make(newId, old);
      const overlap = secondsAfter(now, OVERLAP_SECONDS);
      const oldEndsAt = new Date(Math.min(overlap.getTime(), old.expiresAt.getTime()));
      await this.store.add(tx, created.apiKey);
      await this.store.replace(tx, id, newId, oldEndsAt);
      await this.record(tx, actor, 'rotated', id, { replacedBy: newId });
      return { ...created, oldEndsAt };
    });
  }

  private make(id: ApiKeyId, { name, scopes, signingKey = null }: ApiKeyRequest): CreatedApiKey {
    const now = this.clock.now();
    const keyId = randomAlphanumeric(16);
    const secret = randomAlphanumeric(43);
    return {
      key: `lk_${keyId}_${secret}`,
      apiKey: {
        id,
        keyId,
        secretHash: sha256(secret),
        name,
        scopes,
        signingKey,
        createdAt: now,
        expiresAt: secondsAfter(now, LIFETIME_SECONDS),
      },
    };
  }

  private async record(
    tx: Transaction,
    actor: string,
    verb: string,
    id: ApiKeyId,
    details: Record<string, string> = {},
  ): Promise<void> {
    await this.audit.record(tx, { actor, action: `api_key.${verb}`, target: `api_key:${id}`, details });
  }
}
