import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import { newId } from '../../shared/ids';
import { type AccessRule, adminOrKey, assertAllowed, PUBLIC, SIGNED_IN } from './access';
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
    ['an admin', user(['user', 'admin']), 'allowed', 'allowed', 'forbidden'],
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
});
