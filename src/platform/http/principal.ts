import type { ApiKeyId, DeviceId, SessionId, UserId } from '../../shared/ids';

export const ROLES = ['user', 'developer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const API_KEY_SCOPES = [
  'push:send',
  'push:read',
  'webhooks:read',
  'webhooks:replay',
  'jobs:read',
  'endpoints:manage',
] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** A person on a device. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly deviceId: DeviceId;
  readonly roles: readonly Role[];
  /** Authenticator assurance level: `aal2` after a second factor. */
  readonly aal: 'aal1' | 'aal2';
  /** When they last proved who they are, by whatever factor; the epoch where that is not known. */
  readonly authenticatedAt: Date;
  /** When they last gave a second factor. */
  readonly secondFactorAt: Date | null;
}

/** A server. */
export interface ApiKeyPrincipal {
  readonly kind: 'api_key';
  readonly apiKeyId: ApiKeyId;
  readonly scopes: readonly ApiKeyScope[];
}

export type Principal = UserPrincipal | ApiKeyPrincipal;

/** One string for one principal: rate limits and idempotency are counted by it. */
export const principalKey = (principal: Principal): string =>
  principal.kind === 'user' ? `user:${principal.userId}` : `api_key:${principal.apiKeyId}`;
