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
import type { ApiKeyScope, Principal, Role } from './principal';

const user = (roles: readonly Role[], aal: 'aal1' | 'aal2' = 'aal1'): Principal => ({
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  deviceId: newId(),
  roles,
  aal,
});
const key = (...scopes: ApiKeyScope[]): Principal => ({ kind: 'api_key', apiKeyId: newId(), scopes });

function verdict(rule: AccessRule, principal: Principal | undefined): string {
  try {
    assertAllowed(rule, principal);
    return 'allowed';
  } catch (error) {
    if (error instanceof Unauthenticated) return 'unauthenticated';
    if (error instanceof Forbidden) return 'forbidden';
    throw error;
  }
}

describe('who may call a route', () => {
  const PUSH = adminOrKey('push:send');

  it.each([
    ['nobody', undefined, 'allowed', 'unauthenticated', 'unauthenticated'],
    ['a user', user(['user']), 'allowed', 'allowed', 'forbidden'],
    ['a developer', user(['developer']), 'allowed', 'allowed', 'forbidden'],
    ['an admin without a second factor', user(['user', 'admin']), 'allowed', 'allowed', 'forbidden'],
    ['an admin with a second factor', user(['admin'], 'aal2'), 'allowed', 'allowed', 'allowed'],
    ['a user with a second factor', user(['user'], 'aal2'), 'allowed', 'allowed', 'forbidden'],
    ['somebody without a role', user([]), 'allowed', 'forbidden', 'forbidden'],
    ['a key that sends', key('push:send'), 'allowed', 'forbidden', 'allowed'],
    ['a key that reads', key('push:read'), 'allowed', 'forbidden', 'forbidden'],
    ['a key without a scope', key(), 'allowed', 'forbidden', 'forbidden'],
  ])('%s', (_, principal, open, signedIn, push) => {
    expect(verdict(PUBLIC, principal)).toBe(open);
    expect(verdict(SIGNED_IN, principal)).toBe(signedIn);
    expect(verdict(PUSH, principal)).toBe(push);
  });

  it('nobody, where nothing is named', () => {
    for (const principal of [user(['admin'], 'aal2'), key('push:send')])
      expect(verdict({}, principal)).toBe('forbidden');
    expect(verdict({}, undefined)).toBe('unauthenticated');
  });

  it.each([
    ['a user', user(['user'], 'aal2'), 'forbidden', 'forbidden'],
    ['a developer', user(['user', 'developer']), 'allowed', 'forbidden'],
    ['an admin', user(['admin'], 'aal2'), 'allowed', 'allowed'],
    ['an admin without a second factor', user(['user', 'admin']), 'forbidden', 'forbidden'],
    ['a server', key('push:send'), 'forbidden', 'forbidden'],
  ])('%s, where roles decide', (_, principal, reading, writing) => {
    expect(verdict(ADMIN_OR_DEVELOPER, principal)).toBe(reading);
    expect(verdict(ADMIN, principal)).toBe(writing);
  });

  it('an admin without a second factor, as the user that they are as well', () => {
    expect(verdict(SIGNED_IN, user(['user', 'admin']))).toBe('allowed');
    expect(verdict(SIGNED_IN, user(['admin']))).toBe('forbidden');
  });

  it('is looked up in the database where a role decides, and may be a minute old elsewhere', () => {
    expect(sessionCheckOf(SIGNED_IN)).toBe('recent');
    for (const rule of [ADMIN, ADMIN_OR_DEVELOPER, PUSH, { ...SIGNED_IN, aal2: true as const }])
      expect(sessionCheckOf(rule)).toBe('now');
  });
});
