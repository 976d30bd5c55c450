import { MINUTE, secondsAfter } from '../../shared/clock';
import { Forbidden, Unauthenticated } from '../../shared/domain-error';
import { newId } from '../../shared/ids';
import {
  type AccessRule,
  ADMIN,
  ADMIN_OR_DEVELOPER,
  adminOrKey,
  assertAllowed,
  fresh,
  freshSecondFactor,
  PUBLIC,
  PUBLIC_OR_SIGNED_IN,
  SIGNED_IN,
  SIGNED_IN_AT_ANY_LEVEL,
  sessionCheckOf,
} from './access';
import { StepUpRequired } from './http.errors';
import type { ApiKeyScope, Principal, Role } from './principal';

const NOW = new Date('2027-01-01T00:00:00Z');

const user = (
  roles: readonly Role[],
  aal: 'aal1' | 'aal2' = 'aal1',
  authenticatedAt = NOW,
  secondFactorAt: Date | null = aal === 'aal2' ? authenticatedAt : null,
): Principal => ({
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  deviceId: newId(),
  roles,
  aal,
  authenticatedAt,
  secondFactorAt,
});
const key = (...scopes: ApiKeyScope[]): Principal => ({ kind: 'api_key', apiKeyId: newId(), scopes });

function verdict(rule: AccessRule, principal: Principal | undefined): string {
  try {
    assertAllowed(rule, principal, NOW);
    return 'allowed';
  } catch (error) {
    if (error instanceof Unauthenticated) return 'unauthenticated';
    if (error instanceof Forbidden) return 'forbidden';
    if (error instanceof StepUpRequired) return 'stale';
    throw error;
  }
}

describe('who may call a route', () => {
  const PUSH = adminOrKey('push:send');

  it.each([
    ['nobody', undefined, 'allowed', 'unauthenticated', 'unauthenticated'],
    ['a user', user(['user']), 'allowed', 'allowed', 'forbidden'],
    ['a developer', user(['developer']), 'allowed', 'allowed', 'forbidden'],
    ['an admin without a second factor', user(['user', 'admin']), 'allowed', 'forbidden', 'forbidden'],
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

  it.each<[AccessRule, Principal, string | undefined]>([
    [PUSH, key('push:read'), 'It takes the role admin, or an API key with the scope push:send'],
    [PUSH, user(['user']), 'It takes the role admin, or an API key with the scope push:send'],
    [SIGNED_IN, key('push:send'), 'It takes a signed-in user'],
    [ADMIN, user(['admin']), expect.stringMatching(/second factor/)],
    [{}, key('push:send'), undefined],
  ])('and is told what it takes: %#', (rule, principal, detail) => {
    expect(() => assertAllowed(rule, principal, NOW)).toThrow(
      expect.objectContaining({ code: 'forbidden', details: detail === undefined ? {} : { detail } }),
    );
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

  it('an admin without a second factor, on the ways to one and nowhere else', () => {
    const admin = user(['user', 'developer', 'admin']);
    for (const rule of [SIGNED_IN_AT_ANY_LEVEL, fresh(SIGNED_IN_AT_ANY_LEVEL), PUBLIC])
      expect(verdict(rule, admin)).toBe('allowed');
    for (const rule of [SIGNED_IN, PUBLIC_OR_SIGNED_IN, ADMIN_OR_DEVELOPER, ADMIN, fresh(ADMIN)])
      expect(verdict(rule, admin)).toBe('forbidden');
    expect(() => assertAllowed(SIGNED_IN, admin, NOW)).toThrow(/second factor/);
  });

  it.each([
    ['a proof of 10 minutes ago', 10 * MINUTE, 'allowed'],
    ['an older one', 10 * MINUTE + 1, 'stale'],
  ])('with %s, where it has to be fresh', (_, age, expected) => {
    const before = secondsAfter(NOW, -age);
    expect(verdict(fresh(SIGNED_IN), user(['user'], 'aal1', before))).toBe(expected);
    expect(verdict(fresh(ADMIN), user(['admin'], 'aal2', before))).toBe(expected);
    expect(verdict(fresh(ADMIN_OR_DEVELOPER), user(['admin'], 'aal2', before))).toBe(expected);
    expect(verdict(fresh(ADMIN_OR_DEVELOPER), user(['developer'], 'aal1', before))).toBe('allowed');
    for (const rule of [SIGNED_IN, ADMIN_OR_DEVELOPER, PUSH])
      expect(verdict(rule, user(['admin'], 'aal2', before))).toBe('allowed');
  });

  it('with the proof that is asked for: a password is none of a second factor', () => {
    const before = secondsAfter(NOW, -MINUTE * 11);
    expect(verdict(fresh(SIGNED_IN), user(['user'], 'aal2', NOW, before))).toBe('allowed');
    expect(verdict(freshSecondFactor(SIGNED_IN), user(['user'], 'aal2', NOW, before))).toBe('stale');
    expect(verdict(freshSecondFactor(SIGNED_IN), user(['user'], 'aal2', before, NOW))).toBe('allowed');
    expect(verdict(freshSecondFactor(SIGNED_IN), user(['user']))).toBe('stale');
    expect(verdict(fresh(ADMIN), user(['admin'], 'aal2', NOW, before))).toBe('stale');
    expect(verdict(fresh(ADMIN), user(['user']))).toBe('forbidden');
  });

  it('is looked up in the database where a role or a fresh proof decides, and may be a minute old elsewhere', () => {
    expect(sessionCheckOf(SIGNED_IN)).toBe('recent');
    for (const rule of [
      ADMIN,
      ADMIN_OR_DEVELOPER,
      PUSH,
      { ...SIGNED_IN, aal2: true as const },
      fresh(SIGNED_IN),
    ])
      expect(sessionCheckOf(rule)).toBe('now');
  });
});
