import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import type { ApiKeyScope, Principal, Role } from './principal';

/** Who may call a route. What is not named is refused. */
export interface AccessRule {
  /** Nobody has to sign in. */
  readonly public?: true;
  /** People with one of these roles. */
  readonly roles?: readonly Role[];
  /** People need a second factor in this session. */
  readonly aal2?: true;
  /** API keys with one of these scopes. */
  readonly scopes?: readonly ApiKeyScope[];
}

export const PUBLIC: AccessRule = { public: true };
export const SIGNED_IN: AccessRule = { roles: ['user', 'developer', 'admin'] };

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
  if (rule.public) return;
  if (principal === undefined) throw new Unauthenticated();
  const allowed = principal.kind === 'user' ? allowsUser(rule, principal) : allowsKey(rule, principal);
  if (!allowed) throw new Forbidden();
}

const allowsUser = (rule: AccessRule, user: Extract<Principal, { kind: 'user' }>): boolean =>
  user.roles.some((role) => rule.roles?.includes(role)) && (!rule.aal2 || user.aal === 'aal2');

const allowsKey = (rule: AccessRule, key: Extract<Principal, { kind: 'api_key' }>): boolean =>
  key.scopes.some((scope) => rule.scopes?.includes(scope));
