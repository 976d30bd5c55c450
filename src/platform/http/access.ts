import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import type { SessionCheck } from './authenticator';
import type { ApiKeyPrincipal, ApiKeyScope, Principal, Role, UserPrincipal } from './principal';

/** Who may call a route. What is not named is refused. */
export interface AccessRule {
  /** Nobody has to sign in; a credential is looked at only where roles or scopes are named as well. */
  readonly public?: true;
  /** People with one of these roles. */
  readonly roles?: readonly Role[];
  /** People need a second factor in this session. */
  readonly aal2?: true;
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
 */
export function assertAllowed(rule: AccessRule, principal: Principal | undefined): void {
  if (!asksWhoCalls(rule)) return;
  if (principal === undefined) {
    if (rule.public) return;
    throw new Unauthenticated();
  }
  const allowed = principal.kind === 'user' ? allowsUser(rule, principal) : allowsKey(rule, principal);
  if (!allowed) throw new Forbidden();
}

/** Where a role decides, a session that ended or lost that role a moment ago is refused at once. */
export const sessionCheckOf = (rule: AccessRule): SessionCheck =>
  rule.aal2 === true || !rule.roles?.includes('user') ? 'now' : 'recent';

function allowsUser(rule: AccessRule, user: UserPrincipal): boolean {
  const secondFactor = user.aal === 'aal2';
  if (rule.aal2 && !secondFactor) return false;
  // without a second factor the admin role counts for nothing; what else somebody is, they stay
  return user.roles.some((role) => rule.roles?.includes(role) && (role !== 'admin' || secondFactor));
}

const allowsKey = (rule: AccessRule, key: ApiKeyPrincipal): boolean =>
  key.scopes.some((scope) => rule.scopes?.includes(scope));
