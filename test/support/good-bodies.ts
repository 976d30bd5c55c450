const ID = '5d1e6f3a-0b53-4c43-9c39-0d2b6a3f1c11';
const EMAIL = 'hostile@example.com';
const PASSWORD = 'Correct-horse-7-battery';
const CODE = '123456';
const FACTS = { platform: 'ios', appVersion: '1.2.3', osVersion: '18', model: 'x', locale: 'de' };
const DEVICE = { ...FACTS, deviceId: ID, timezone: 'Europe/Berlin', fingerprint: 'x' };
const CONTENT = {
  ...{ title: 'x', body: 'x', data: { a: 1, b: { c: 'x' } }, imageUrl: 'https://example.com/x' },
  ...{ deepLink: 'app://x', badge: 1, sound: 'x', androidChannelId: ID, interruptionLevel: 'active' },
};
const SCOPE = {
  all: true,
  queue: 'background-jobs',
  type: 'x',
  reasonCode: 'failed',
  since: '2026-01-01T00:00:00Z',
};

/** A body that each route would take, from whoever may: of every route that takes one. */
export const GOOD_BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/auth/register': { email: EMAIL, password: PASSWORD, displayName: 'x' },
  'POST /v1/auth/verify-email': { email: EMAIL, code: CODE, device: DEVICE },
  'POST /v1/auth/verify-email/resend': { email: EMAIL },
  'POST /v1/auth/login': { email: EMAIL, password: PASSWORD, device: DEVICE },
  'POST /v1/auth/login/mfa': { mfaToken: 'x', code: CODE },
  'POST /v1/auth/oidc/apple': { idToken: 'x', nonce: 'x', device: DEVICE, authorizationCode: 'x' },
  'POST /v1/auth/oidc/google': { idToken: 'x', nonce: 'x', device: DEVICE },
  'POST /v1/auth/refresh': { refreshToken: 'x', deviceId: ID },
  'POST /v1/auth/step-up': { password: PASSWORD },
  'POST /v1/auth/password/change': { currentPassword: PASSWORD, newPassword: PASSWORD },
  'POST /v1/auth/password/forgot': { email: EMAIL },
  'POST /v1/auth/password/reset': { email: EMAIL, code: CODE, newPassword: PASSWORD },
  'POST /v1/auth/email/change': { email: EMAIL },
  'POST /v1/auth/email/confirm': { code: CODE },
  'POST /v1/auth/email/undo': { token: 'x' },
  'POST /v1/auth/mfa/totp/confirm': { code: CODE },
  'PATCH /v1/me': { displayName: 'x' },
  'PUT /v1/devices/{deviceId}': { ...FACTS, push: { provider: 'onesignal', subscriptionId: ID } },
  'PUT /v1/devices/{deviceId}/signing-key': {
    publicKey: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  },
  'POST /v1/push/notifications': {
    audience: { users: [ID], devices: [ID], topics: ['x'] },
    content: CONTENT,
    localizations: { de: { title: 'x', data: { a: 1 } } },
    ...{ category: 'x', priority: 'high', ttlSeconds: 60, collapseId: 'x', sendAt: '2026-01-01T00:00:00Z' },
    ...{ respectQuietHours: true, dryRun: true },
  },
  'POST /v1/push/test': { deviceId: ID, content: CONTENT },
  'PUT /v1/push/preferences': {
    categories: { x: false },
    quietHours: { start: '22:00', end: '07:00', timezone: 'Europe/Berlin' },
  },
  'PUT /v1/push/categories/{name}': { cap: { count: 1, windowSeconds: 60 } },
  'PUT /v1/push/templates/{name}': {
    content: { ...CONTENT, title: '{{x}}', data: { a: '{{x}}' } },
    localizations: { de: { title: '{{x}}' } },
  },
  'POST /v1/inbox/read-all': { until: '2026-01-01T00:00:00Z' },
  'POST /v1/webhook-events/replay': {
    ...{ source: 'stripe', type: 'x', state: 'failed', dryRun: false },
    ...{ since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' },
  },
  'POST /v1/webhook-endpoints': {
    ...{ url: 'https://example.com/x', eventTypes: ['user.created'], description: 'x' },
  },
  'PATCH /v1/webhook-endpoints/{id}': { url: 'https://example.com/x', state: 'disabled', description: null },
  'POST /v1/webhook-endpoints/{id}/recover': { since: '2026-01-01T00:00:00Z' },
  'PUT /v1/admin/app-config': {
    platforms: { android: { minimumVersion: '0.0.1', storeUrl: 'https://example.com/x' } },
    flags: { x: { enabled: true, rolloutPercent: 5 } },
    maintenance: { startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-02T00:00:00Z', message: 'x' },
    override: { reason: 'x' },
  },
  'POST /v1/admin/dead-letters/redrive': { ...SCOPE, rate: 5, reason: 'a test', dryRun: false },
  'POST /v1/admin/dead-letters/discard': { ...SCOPE, reason: 'a test', dryRun: false },
  'POST /v1/admin/users/search': { email: EMAIL },
  'PUT /v1/admin/users/{id}/roles': { roles: ['user'] },
  'POST /v1/api-keys': { name: 'x', scopes: ['push:send'] },
  'POST /v1/media/uploads': { contentType: 'image/png', bytes: 10, purpose: 'avatar' },
};
