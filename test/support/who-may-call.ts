/** Who comes to a route in the walk. */
export const CALLERS = [
  'nobody',
  'user',
  'other user',
  'developer',
  'admin aal1',
  'admin aal2',
  'key without scope',
  'key with scope',
] as const;
export type Caller = (typeof CALLERS)[number];

/** Let in, whatever the handler then says; turned away without or with a credential; told that there is nothing. */
export type Verdict = 'in' | 401 | 403 | 404;

type Verdicts = Readonly<Record<Caller, Verdict>>;

const group = (verdicts: readonly [Verdict, Verdict, Verdict, Verdict, Verdict, Verdict, Verdict, Verdict]) =>
  Object.fromEntries(CALLERS.map((caller, index) => [caller, verdicts[index]])) as Verdicts;

const EVERYBODY = group(['in', 'in', 'in', 'in', 'in', 'in', 'in', 'in']);
/** A person's own affairs. An admin without a second factor has to get one first. */
const PEOPLE = group([401, 'in', 'in', 'in', 403, 'in', 403, 403]);
/** The ways to a second factor, and out. */
const PEOPLE_AT_ANY_LEVEL = group([401, 'in', 'in', 'in', 'in', 'in', 403, 403]);
/** The same, for who gave a second factor a moment ago: the others are asked to step up. */
const PEOPLE_WITH_SECOND_FACTOR = group([401, 403, 403, 403, 403, 'in', 403, 403]);
/** The same for one thing of the user's: for anybody else it is not there. */
const ITS_OWNER = group([401, 'in', 404, 404, 403, 404, 403, 403]);
/** Nobody has to sign in, but who does is looked at. */
const PEOPLE_OR_NOBODY = group(['in', 'in', 'in', 'in', 403, 'in', 403, 403]);
const ADMINS_AND_KEYS = group([401, 403, 403, 403, 403, 'in', 403, 'in']);
const ADMINS = group([401, 403, 403, 403, 403, 'in', 403, 403]);
const ADMINS_AND_DEVELOPERS = group([401, 403, 403, 'in', 403, 'in', 403, 403]);
const ADMINS_DEVELOPERS_AND_KEYS = group([401, 403, 403, 'in', 403, 'in', 403, 'in']);

/** The contract's matrix, a row a route: a route without one is refused by the walk. */
export const WHO_MAY_CALL: Readonly<Record<string, Verdicts>> = {
  'GET /.well-known/jwks.json': EVERYBODY,
  'GET /health/live': EVERYBODY,
  'GET /health/ready': EVERYBODY,
  'GET /health/startup': EVERYBODY,
  'POST /v1/auth/login': EVERYBODY,
  'POST /v1/auth/oidc/apple': EVERYBODY,
  'POST /v1/auth/oidc/google': EVERYBODY,
  'POST /v1/auth/login/mfa': EVERYBODY,
  'POST /v1/auth/email/undo': EVERYBODY,
  'POST /v1/auth/password/change': PEOPLE_OR_NOBODY,
  'POST /v1/auth/password/forgot': EVERYBODY,
  'POST /v1/auth/password/reset': EVERYBODY,
  'POST /v1/auth/refresh': EVERYBODY,
  'POST /v1/auth/register': EVERYBODY,
  'POST /v1/auth/verify-email': EVERYBODY,
  'POST /v1/auth/verify-email/resend': EVERYBODY,
  'POST /v1/webhooks/{source}': EVERYBODY,

  'GET /v1/me': PEOPLE,
  'POST /v1/auth/email/change': PEOPLE,
  'POST /v1/auth/email/confirm': PEOPLE,
  'PATCH /v1/me': PEOPLE,
  'DELETE /v1/me': PEOPLE,
  'POST /v1/me/deletion/cancel': PEOPLE,
  'POST /v1/me/export': PEOPLE,
  'GET /v1/me/jobs/{id}': PEOPLE,
  'GET /v1/auth/sessions': PEOPLE,
  'DELETE /v1/auth/sessions/{id}': ITS_OWNER,
  'POST /v1/auth/logout': PEOPLE_AT_ANY_LEVEL,
  'POST /v1/auth/logout-others': PEOPLE,
  'POST /v1/auth/step-up': PEOPLE_AT_ANY_LEVEL,
  'POST /v1/auth/mfa/totp': PEOPLE_AT_ANY_LEVEL,
  'POST /v1/auth/mfa/totp/confirm': PEOPLE_AT_ANY_LEVEL,
  'DELETE /v1/auth/mfa/totp': PEOPLE_WITH_SECOND_FACTOR,
  'GET /v1/devices': PEOPLE,
  'GET /v1/devices/{deviceId}': ITS_OWNER,
  'PUT /v1/devices/{deviceId}': ITS_OWNER,
  'DELETE /v1/devices/{deviceId}': ITS_OWNER,
  'PUT /v1/devices/{deviceId}/signing-key': ITS_OWNER,
  'DELETE /v1/devices/{deviceId}/signing-key': ITS_OWNER,

  'POST /v1/push/notifications': ADMINS_AND_KEYS,
  'GET /v1/push/notifications/{id}': ADMINS_AND_KEYS,
  'GET /v1/push/notifications/{id}/deliveries': ADMINS_AND_KEYS,
  'POST /v1/push/notifications/{id}/cancel': ADMINS_AND_KEYS,
  'POST /v1/push/test': ADMINS,

  'POST /v1/media/uploads': PEOPLE,
  'POST /v1/media/{id}/complete': PEOPLE,
  'GET /v1/media/{id}': PEOPLE,
  'DELETE /v1/media/{id}': PEOPLE,

  'GET /v1/push/preferences': PEOPLE,
  'PUT /v1/push/preferences': PEOPLE,
  'GET /v1/push/topics': PEOPLE,
  'PUT /v1/push/topics/{topic}/subscription': PEOPLE,
  'DELETE /v1/push/topics/{topic}/subscription': PEOPLE,
  'GET /v1/inbox': PEOPLE,
  'POST /v1/inbox/{id}/read': PEOPLE,
  'POST /v1/inbox/read-all': PEOPLE,
  'GET /v1/push/categories': ADMINS_AND_DEVELOPERS,
  'PUT /v1/push/categories/{name}': ADMINS,
  'DELETE /v1/push/categories/{name}': ADMINS,
  'GET /v1/push/templates': ADMINS_AND_DEVELOPERS,
  'GET /v1/push/templates/{name}': ADMINS_AND_DEVELOPERS,
  'PUT /v1/push/templates/{name}': ADMINS,
  'DELETE /v1/push/templates/{name}': ADMINS,

  'GET /v1/webhook-events': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/webhook-events/{id}': ADMINS_DEVELOPERS_AND_KEYS,
  'POST /v1/webhook-events/replay': ADMINS_AND_KEYS,
  'POST /v1/webhook-events/{id}/replay': ADMINS_AND_KEYS,
  'GET /v1/admin/audit': ADMINS_DEVELOPERS_AND_KEYS,

  'GET /v1/app-config': EVERYBODY,
  'GET /v1/admin/app-config': ADMINS_AND_DEVELOPERS,
  'PUT /v1/admin/app-config': ADMINS,
  'GET /v1/admin/jobs': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/admin/jobs/{id}': ADMINS_DEVELOPERS_AND_KEYS,
  'POST /v1/admin/jobs/{id}/cancel': ADMINS,
  'POST /v1/admin/jobs/{id}/retry': ADMINS,

  'GET /v1/webhook-event-types': ADMINS_DEVELOPERS_AND_KEYS,
  'POST /v1/webhook-endpoints': ADMINS_AND_KEYS,
  'GET /v1/webhook-endpoints': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/webhook-endpoints/{id}': ADMINS_DEVELOPERS_AND_KEYS,
  'PATCH /v1/webhook-endpoints/{id}': ADMINS_AND_KEYS,
  'DELETE /v1/webhook-endpoints/{id}': ADMINS_AND_KEYS,
  'POST /v1/webhook-endpoints/{id}/secret/rotate': ADMINS_AND_KEYS,
  'POST /v1/webhook-endpoints/{id}/test': ADMINS_AND_KEYS,
  'POST /v1/webhook-endpoints/{id}/recover': ADMINS_AND_KEYS,
  'GET /v1/webhook-endpoints/{id}/deliveries': ADMINS_DEVELOPERS_AND_KEYS,
  'POST /v1/webhook-endpoints/{id}/deliveries/{deliveryId}/resend': ADMINS_AND_KEYS,

  'POST /v1/api-keys': ADMINS,
  'GET /v1/api-keys': ADMINS_AND_DEVELOPERS,
  'POST /v1/api-keys/{id}/rotate': ADMINS,
  'DELETE /v1/api-keys/{id}': ADMINS,
  'POST /v1/admin/users/search': ADMINS_AND_DEVELOPERS,
  'PUT /v1/admin/users/{id}/roles': ADMINS,

  'GET /v1/admin/queues': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/admin/dead-letters': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/admin/dead-letters/{id}': ADMINS_DEVELOPERS_AND_KEYS,
  'GET /v1/admin/dead-letters/actions/{id}': ADMINS_DEVELOPERS_AND_KEYS,
  'POST /v1/admin/dead-letters/redrive': ADMINS,
  'POST /v1/admin/dead-letters/discard': ADMINS,
};
