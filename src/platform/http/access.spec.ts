import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import { newId } from '../../shared/ids';
import {
  type AccessRule,
  ADMIN,
  ADMIN_OR_DEVELOPER,
  adminOrKey,
  assertAllowed,
  PUBLIC,
  SIGNED_IN,
  sessionCheckOf,
} from './access';
import type { Principal, Role, UserPrincipal } from './principal';

const person = (roles: Role[], aal: UserPrincipal['aal'] = 'aal1'): Principal => ({
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  deviceId: newId(),
  roles,
  aal,
});
const server = (...scopes: ('push:send' | 'push:read')[]): Principal => ({
  kind: 'api_key',
  apiKeyId: newId(),
  scopes,
});

const outcome = (rule: AccessRule, principal?: Principal): number => {
  try {
    assertAllowed(rule, principal);
    return 200;
  } catch (error) {
    if (error instanceof Unauthenticated) return 401;
    if (error instanceof Forbidden) return 403;
    throw error;
  }
};

describe('assertAllowed', () => {
  it.each([
    ['anybody on a public route', PUBLIC, undefined, 200],
    ['nobody', SIGNED_IN, undefined, 401],
    ['a user', SIGNED_IN, person(['user']), 200],
    ['a developer', SIGNED_IN, person(['user', 'developer']), 200],
    ['an admin without a second factor', SIGNED_IN, person(['user', 'admin']), 403],
    ['an admin with one', SIGNED_IN, person(['admin'], 'aal2'), 200],
    ['a server', SIGNED_IN, server('push:send'), 403],
    ['a user', ADMIN, person(['user'], 'aal2'), 403],
    ['a developer', ADMIN, person(['developer'], 'aal2'), 403],
    ['an admin without a second factor', ADMIN, person(['admin']), 403],
    ['an admin with one', ADMIN, person(['admin'], 'aal2'), 200],
    ['a developer', ADMIN_OR_DEVELOPER, person(['developer']), 200],
    ['a developer who is an admin, without', ADMIN_OR_DEVELOPER, person(['developer', 'admin']), 403],
    ['a user', ADMIN_OR_DEVELOPER, person(['user']), 403],
    ['a server with the scope', adminOrKey('push:send'), server('push:read', 'push:send'), 200],
    ['a server with another', adminOrKey('push:send'), server('push:read'), 403],
    ['a server with none', adminOrKey('push:send'), server(), 403],
    ['an admin on the way', { ...SIGNED_IN, leadsToAal2: true }, person(['admin']), 200],
    ['a developer', adminOrKey('push:send'), person(['developer'], 'aal2'), 403],
    ['whom nobody named', {}, person(['admin'], 'aal2'), 403],
  ] as const)('%s %#', (_, rule, principal, expected) => {
    expect(outcome(rule, principal)).toBe(expected);
  });
});

describe('sessionCheckOf', () => {
  it('asks the database where a role decides', () => {
    expect([SIGNED_IN, ADMIN, ADMIN_OR_DEVELOPER, adminOrKey('push:read')].map(sessionCheckOf)).toEqual([
      'recent',
      'now',
      'now',
      'now',
    ]);
    expect(sessionCheckOf({ ...SIGNED_IN, aal2: true })).toBe('now');
  });
});
