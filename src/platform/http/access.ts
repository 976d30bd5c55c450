import { MINUTE, secondsAfter } from '../../shared/clock';
import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import type { SessionCheck } from './authenticator';
import { StepUpRequired } from './http.errors';
import type { ApiKeyPrincipal, ApiKeyScope, Principal, Role, UserPrincipal } from './principal';

/** How long a proof counts as fresh. */
const FRESH_SECONDS = 10 * MINUTE;

/** What has to be fresh: any proof of who it is, a second factor, or a second factor of whoever is an admin. */
type Freshness = 'any_proof' | 'second_factor' | 'second_factor_of_admins';

/** Who may call a route. What is not named is refused. */
export interface AccessRule {
  /** Nobody has to sign in; a credential is looked at only where roles or scopes are named as well. */
  readonly public?: true;
  /** People with one of these roles. */
  readonly roles?: readonly Role[];
  /** People need a second factor in this session. */
  readonly aal2?: true;
  /** An admin without a second factor may come too: to give one, to get one, or to leave. */
  readonly adminsAtAal1?: true;
  readonly fresh?: Freshness;
  /** API keys with one of these scopes. */
  readonly scopes?: readonly ApiKeyScope[];
}

export const PUBLIC: AccessRule = { public: true };
/** Who is signed in is known, others may call too. */
export const PUBLIC_OR_SIGNED_IN: AccessRule = { public: true, roles: ['user', 'developer', 'admin'] };
export const SIGNED_IN: AccessRule = { roles: ['user', 'developer', 'admin'] };

/** An admin with a second factor. */
export const ADMIN: AccessRule = { roles: ['admin'], aal2: true };
/** What admins write, developers may look at. */
export const ADMIN_OR_DEVELOPER: AccessRule = { roles: ['admin', 'developer'] };

/** The ways to a second factor, and out: all that an admin without one may call. */
export const SIGNED_IN_AT_ANY_LEVEL: AccessRule = { ...SIGNED_IN, adminsAtAal1: true };

/** Who proved within the last ten minutes who they are, by signing in or `/v1/auth/step-up`; admins by their second factor. */
export const fresh = (rule: AccessRule): AccessRule => ({ ...rule, fresh: freshnessOf(rule) });
/** Who gave a second factor within the last ten minutes. */
export const freshSecondFactor = (rule: AccessRule): AccessRule => ({ ...rule, fresh: 'second_factor' });

function freshnessOf({ aal2, roles }: AccessRule): Freshness {
  if (aal2) return 'second_factor';
  return roles?.includes('user') ? 'any_proof' : 'second_factor_of_admins';
}

/** A route that is just public never looks at credentials. */
export const asksWhoCalls = ({ public: isPublic, roles, scopes }: AccessRule): boolean =>
  !isPublic || roles !== undefined || scopes !== undefined;

/** An admin with a second factor, or an API key with one of the scopes. */
export const adminOrKey = (...scopes: readonly ApiKeyScope[]): AccessRule => ({
  roles: ['admin'],
  aal2: true,
  scopes,
});

/**
 * @throws Unauthenticated without a credential
 * @throws Forbidden with one that the rule does not name
 * @throws StepUpRequired with one whose proof is too old
 */
export function assertAllowed(rule: AccessRule, principal: Principal | undefined, now: Date): void {
  if (!asksWhoCalls(rule)) return;
  if (principal === undefined) {
    if (rule.public) return;
    throw new Unauthenticated({ detail: CREDENTIAL_NEEDED });
  }
  const allowed = principal.kind === 'user' ? allowsUser(rule, principal) : allowsKey(rule, principal);
  if (!allowed) throw new Forbidden(whatItNeeds(rule, principal));
  if (principal.kind === 'user' && !isFresh(rule, principal, now)) throw new StepUpRequired(FRESH_SECONDS);
}

/** Where a role decides or a fresh proof is asked for, a session that ended or lost its role a moment ago is refused at once. */
export const sessionCheckOf = (rule: AccessRule): SessionCheck =>
  rule.aal2 === true || rule.fresh !== undefined || !rule.roles?.includes('user') ? 'now' : 'recent';

const CREDENTIAL_NEEDED =
  'None was sent: Authorization: Bearer takes an access token, X-API-Key a server’s key';
const SECOND_FACTOR_FIRST =
  'An administrator needs a second factor in this session: step up with a code, or add one first';

/** What a caller who may not needs instead; the API's documentation says the same to everybody. */
function whatItNeeds({ roles, scopes }: AccessRule, principal: Principal): { detail?: string } {
  if (lacksSecondFactor(principal)) return { detail: SECOND_FACTOR_FIRST };
  const needs = [
    ...(roles ? [roles.includes('user') ? 'a signed-in user' : `the role ${roles.join(' or ')}`] : []),
    ...(scopes ? [`an API key with the scope ${scopes.join(' or ')}`] : []),
  ];
  return needs.length === 0 ? {} : { detail: `It takes ${needs.join(', or ')}` };
}

const lacksSecondFactor = (principal: Principal): boolean =>
  principal.kind === 'user' && principal.roles.includes('admin') && principal.aal === 'aal1';

function allowsUser(rule: AccessRule, user: UserPrincipal): boolean {
  const secondFactor = user.aal === 'aal2';
  if (rule.aal2 && !secondFactor) return false;
  // whoever got hold of an admin's password alone gets nothing at all
  if (user.roles.includes('admin') && !secondFactor && !rule.adminsAtAal1) return false;
  return user.roles.some((role) => rule.roles?.includes(role));
}

function isFresh({ fresh: freshness }: AccessRule, user: UserPrincipal, now: Date): boolean {
  const { authenticatedAt, secondFactorAt } = user;
  const proofs = freshness === 'any_proof' ? [authenticatedAt, secondFactorAt] : [secondFactorAt];
  const isExempt = freshness === 'second_factor_of_admins' && !user.roles.includes('admin');
  if (freshness === undefined || isExempt) return true;
  const oldest = secondsAfter(now, -FRESH_SECONDS);
  return proofs.some((at) => at !== null && at >= oldest);
}

const allowsKey = (rule: AccessRule, key: ApiKeyPrincipal): boolean =>
  key.scopes.some((scope) => rule.scopes?.includes(scope));
