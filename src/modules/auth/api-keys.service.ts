import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ApiKeyPrincipal, ApiKeyScope } from '../../platform/http/principal';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { NotFound, Unauthenticated } from '../../shared/domain-error';
import { equalsInConstantTime, randomAlphanumeric, sha256 } from '../../shared/hash';
import { type ApiKeyId, newId } from '../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../shared/page';
import { type ApiKey, ApiKeyStore } from './api-key.store';

const FORMAT = /^lk_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})$/;
const LIFETIME_SECONDS = 90 * DAY;
/** A revocation is known everywhere after this time. */
const REMEMBER_SECONDS = 30;
const REMEMBERED_KEYS = 1_000;

/** Keys of servers: `lk_<16 letters or digits>_<43 more>`; the second part is stored as its SHA-256 only. */
@Injectable()
export class ApiKeysService {
  private readonly remembered = new LRUCache<string, { key: ApiKey; untilMs: number }>({
    max: REMEMBERED_KEYS,
  });

  constructor(
    private readonly store: ApiKeyStore,
    private readonly clock: Clock,
  ) {}

  /** @returns the whole key, which is shown this once */
  async create(name: string, scopes: readonly ApiKeyScope[]): Promise<{ apiKey: ApiKey; key: string }> {
    const now = this.clock.now();
    const keyId = randomAlphanumeric(16);
    const secret = randomAlphanumeric(43);
    const apiKey: ApiKey = {
      id: newId(),
      keyId,
      secretHash: sha256(secret),
      name,
      scopes,
      createdAt: now,
      expiresAt: secondsAfter(now, LIFETIME_SECONDS),
      revokedAt: null,
    };
    await this.store.add(apiKey);
    return { apiKey, key: `lk_${keyId}_${secret}` };
  }

  async list(page: PageQuery): Promise<Page<ApiKey>> {
    const rows = await this.store.list(page.limit, page.cursor as ApiKeyId | undefined);
    return toPage(rows, page.limit, (key) => key.id);
  }

  /** Known to every process within 30 s. @throws NotFound */
  async revoke(id: ApiKeyId): Promise<void> {
    if (!(await this.store.revoke(id, this.clock.now()))) throw new NotFound();
  }

  /** @throws Unauthenticated when malformed, unknown, wrong, expired or revoked */
  async authenticate(presented: string): Promise<ApiKeyPrincipal> {
    const [, keyId, secret] = FORMAT.exec(presented) ?? [];
    if (keyId === undefined || secret === undefined) throw new Unauthenticated();
    const key = await this.find(keyId);
    const good =
      key !== undefined &&
      equalsInConstantTime(key.secretHash, sha256(secret)) &&
      key.revokedAt === null &&
      key.expiresAt > this.clock.now();
    if (!good) throw new Unauthenticated();
    return { kind: 'api_key', apiKeyId: key.id, scopes: key.scopes };
  }

  private async find(keyId: string): Promise<ApiKey | undefined> {
    const nowMs = this.clock.now().getTime();
    const known = this.remembered.get(keyId);
    if (known !== undefined && nowMs < known.untilMs) return known.key;
    const key = await this.store.findByKeyId(keyId);
    if (key !== undefined) this.remembered.set(keyId, { key, untilMs: nowMs + REMEMBER_SECONDS * 1000 });
    return key;
  }
}
