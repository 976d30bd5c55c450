import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CredentialedRequest } from '../../../platform/http/authenticator';
import type { ApiKeyPrincipal } from '../../../platform/http/principal';
import { Clock } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import { equalsInConstantTime, sha256 } from '../../../shared/hash';
import { RequestSignatures } from '../proofs/request-signatures';
import { type ApiKey, ApiKeyStore } from './api-key.store';
import { ApiKeyUsage } from './api-key-usage';

const FORMAT = /^lk_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})$/;
/** A revocation is known everywhere after this time. */
const REMEMBER_SECONDS = 30;
const REMEMBERED_KEYS = 1_000;

/** Tells whose API key was presented. */
@Injectable()
export class ApiKeyCredentials {
  private readonly remembered = new LRUCache<string, { key: ApiKey; untilMs: number }>({
    max: REMEMBERED_KEYS,
  });

  constructor(
    private readonly store: ApiKeyStore,
    private readonly usage: ApiKeyUsage,
    private readonly signatures: RequestSignatures,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws Unauthenticated when malformed, unknown, wrong, expired or revoked
   * @throws SignatureRequired, SignatureInvalid, UseSignatureNonce where the key demands signed requests
   */
  async authenticate(presented: string, request: CredentialedRequest): Promise<ApiKeyPrincipal> {
    const [, keyId, secret] = FORMAT.exec(presented) ?? [];
    if (keyId === undefined || secret === undefined) throw new Unauthenticated();
    const now = this.clock.now();
    const key = await this.find(keyId, now.getTime());
    const good =
      key !== undefined &&
      equalsInConstantTime(key.secretHash, sha256(secret)) &&
      key.revokedAt === null &&
      key.expiresAt > now;
    if (!good) throw new Unauthenticated();
    if (key.signingKey !== null) {
      await this.signatures.assertSigned(request, { keyId: key.id, key: key.signingKey });
    }
    this.usage.note(key.id, now);
    return { kind: 'api_key', apiKeyId: key.id, scopes: key.scopes };
  }

  private async find(keyId: string, nowMs: number): Promise<ApiKey | undefined> {
    const known = this.remembered.get(keyId);
    if (known !== undefined && nowMs < known.untilMs) return known.key;
    const key = await this.store.findByKeyId(keyId);
    if (key !== undefined) this.remembered.set(keyId, { key, untilMs: nowMs + REMEMBER_SECONDS * 1000 });
    return key;
  }
}
