import type { ApiKeyView } from '../accounts/admin.schema';
import type { ApiKey } from './api-key.store';

/** What operators see of a key, by HTTP and by the CLI alike; never its secret. */
export function toApiKeyView({ id, keyId, name, scopes, ...key }: ApiKey): ApiKeyView {
  return {
    id,
    keyId,
    name,
    scopes: [...scopes],
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    revokedAt: key.revokedAt?.toISOString() ?? null,
    requiresSignature: key.signingKey !== null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    replacedBy: key.replacedBy,
  };
}
