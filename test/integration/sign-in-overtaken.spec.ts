import { randomUUID } from 'node:crypto';
import type { User } from '../../src/modules/auth/accounts/account.store';
import { PasswordChangeTokenInvalid, PasswordExpired } from '../../src/modules/auth/auth.errors';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { ValidationFailed } from '../../src/shared/domain-error';
import { type DeviceId, newId } from '../../src/shared/ids';
import { authServices } from '../support/auth-services';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const BOUND_MS = 20_000;
const PASSWORD = { aal: 'aal1', amr: ['pwd'] } as const;
const BOTH = { aal: 'aal2', amr: ['pwd', 'otp', 'mfa'] } as const;

describe('a sign-in that something overtakes', () => {
  let services: Services;
  let database: Database;
  let clock: TestClock;
  let auth: ReturnType<typeof authServices>;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(8);
    clock = new TestClock();
    auth = authServices(services, database, clock, new PasswordHasher(new Shutdown()));
  });
  afterAll(() => services.stop());

  /** An account as a sign-in has read it. */
  const account = async (changes: Partial<User> = {}): Promise<User> => {
    const user: User = {
      id: newId(),
      email: `${randomUUID()}@example.com`,
      displayName: null,
      roles: ['user'],
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: 'a hash',
      passwordChangedAt: new Date('2026-11-01T00:00:00.123Z'),
      ...changes,
    };
    await database.transaction((tx) => auth.accounts.create(tx, user, clock.now()));
    return user;
  };
  const device = () => ({
    deviceId: randomUUID() as DeviceId,
    platform: 'ios' as const,
    appVersion: '1.0.0',
  });
  const liveSessions = async ({ id }: User) => {
    const sql = 'select id from loopin.sessions where user_id = $1 and revoked_at is null';
    return (await services.sql(sql, [id])).length;
  };
  const change = ({ id }: User, columns: string) =>
    services.sql(`update loopin.users set ${columns} where id = $1`, [id]);

  it('by nothing opens a session', async () => {
    expect(await auth.opening.open(await account(), device(), PASSWORD)).toBeDefined();
    expect(await auth.opening.open(await account({ mfaEnabled: true }), device(), BOTH)).toBeDefined();
  });

  it.each([
    ['another password', { ...PASSWORD }, {}, 'password_changed_at = now()'],
    [
      'another password after the second factor',
      { ...BOTH },
      { mfaEnabled: true },
      'password_changed_at = now()',
    ],
    ['a second factor', { ...PASSWORD }, {}, 'mfa_enabled = true'],
    ['the reset of the second factor', { ...BOTH }, { mfaEnabled: true }, 'mfa_enabled = false'],
  ])('by %s opens none', async (_, proof, before, columns) => {
    const user = await account(before);
    await change(user, columns);
    expect(await auth.opening.open(user, device(), proof)).toBeUndefined();
    expect(await liveSessions(user)).toBe(0);
  });

  it('by another password is no matter to who came with an identity', async () => {
    const user = await account();
    await change(user, 'password_changed_at = now()');
    expect(await auth.opening.open(user, device(), { aal: 'aal1', amr: ['google'] })).toBeDefined();
  });

  it('waits for a change of the password that has begun: nobody is signed in by the old one after it', async () => {
    const user = await account();
    const waiting = async () => {
      const sql = "select from pg_stat_activity where usename = 'loopin_app' and wait_event_type = 'Lock'";
      return (await services.sql(sql)).length > 0;
    };
    let signIn: Promise<unknown> | undefined;
    await database.transaction(async (tx) => {
      await tx
        .tables<{ 'loopin.users': { id: string; password_changed_at: Date } }>()
        .updateTable('loopin.users')
        .set({ password_changed_at: clock.now() })
        .where('id', '=', user.id)
        .execute();
      signIn = auth.opening.open(user, device(), PASSWORD);
      await waitFor('the sign-in waits', waiting, BOUND_MS);
      await auth.sessions.passwordChanged(tx, user.id, undefined);
    });
    expect(await signIn).toBeUndefined();
    expect(await liveSessions(user)).toBe(0);
  });
  it('gives no token to replace the new password, where the old one had expired', async () => {
    const user = await account({ passwordChangedAt: new Date('2020-01-01T00:00:00Z') });
    const tokenOf = async (): Promise<string> => {
      const refused = await auth.expiry.assertFresh(user).catch((error: unknown) => error);
      if (!(refused instanceof PasswordExpired)) throw new Error('the password has not expired');
      return String(refused.details.members?.passwordChangeToken);
    };
    await expect(auth.changes.changeExpired(await tokenOf(), 'aaaaaaaaaaaa')).rejects.toThrow(
      ValidationFailed,
    );
    await change(user, 'password_changed_at = now()');
    await expect(auth.changes.changeExpired(await tokenOf(), 'aaaaaaaaaaaa')).rejects.toThrow(
      PasswordChangeTokenInvalid,
    );
  });
});
