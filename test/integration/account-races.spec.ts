import { randomBytes, randomUUID } from 'node:crypto';
import type { User } from '../../src/modules/auth/accounts/account.store';
import { ProfileService } from '../../src/modules/auth/accounts/profile.service';
import { InvalidCredentials } from '../../src/modules/auth/auth.errors';
import { AccountRecovery } from '../../src/modules/auth/email-change/account-recovery';
import { EmailNotices } from '../../src/modules/auth/email-change/email-notices';
import { EmailUndoService } from '../../src/modules/auth/email-change/email-undo.service';
import { PgEmailChangeStore } from '../../src/modules/auth/email-change/pg-email-change.store';
import { PgSecondFactorStore } from '../../src/modules/auth/mfa/pg-second-factor.store';
import { PgIdentityStore } from '../../src/modules/auth/oidc/pg-identity.store';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import { PgPasswordStore } from '../../src/modules/auth/passwords/pg-password.store';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { DAY, secondsAfter } from '../../src/shared/clock';
import { sha256 } from '../../src/shared/hash';
import { type DeviceId, newId } from '../../src/shared/ids';
import { authServices } from '../support/auth-services';
import { range } from '../support/concurrently';
import { goodPassword } from '../support/passwords';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const BOUND_MS = 20_000;
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$of$a-new-password';

/** Something happens while a password waits to be hashed. */
class InterruptedHasher extends PasswordHasher {
  interruption: (() => Promise<unknown>) | undefined;

  override async verify(): Promise<boolean> {
    return false;
  }

  override async hash(): Promise<string> {
    const { interruption } = this;
    this.interruption = undefined;
    await interruption?.();
    return HASH;
  }
}

describe('an account of which several things are asked at the same time', () => {
  let services: Services;
  let database: Database;
  const clock = new TestClock();
  const hasher = new InterruptedHasher(new Shutdown());
  let auth: ReturnType<typeof authServices>;
  let changes: PgEmailChangeStore;
  let undos: EmailUndoService;
  let user: User;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(12);
    auth = authServices(services, database, clock, hasher);
    changes = new PgEmailChangeStore(database);
    const recovery = new AccountRecovery(
      auth.accounts,
      new PgPasswordStore(database),
      new PgIdentityStore(database),
      new PgSecondFactorStore(),
      auth.sessions,
    );
    undos = new EmailUndoService(
      changes,
      recovery,
      new EmailNotices(auth.mails, auth.audit),
      database,
      clock,
    );
  });
  beforeEach(async () => {
    user = {
      id: newId(),
      email: address(),
      displayName: null,
      roles: ['user'],
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: null,
      passwordChangedAt: null,
    };
    await database.transaction((tx) => auth.accounts.create(tx, user, clock.now()));
  });
  afterAll(() => services.stop());

  const address = () => `${randomUUID()}@example.com`;
  const now = async () => {
    const [row] = await services.sql<{ email: string; password_hash: string | null }>(
      'select email, password_hash from loopin.users where id = $1',
      [user.id],
    );
    return row;
  };
  const isWaiting = async () => {
    const query = "select from pg_stat_activity where usename = 'loopin_app' and wait_event_type = 'Lock'";
    return (await services.sql(query)).length > 0;
  };
  const device = (deviceId = randomUUID() as DeviceId) => ({
    deviceId,
    platform: 'ios' as const,
    appVersion: '1.0.0',
  });
  const signIn = (deviceId?: DeviceId) =>
    auth.opening.open(user, device(deviceId), { aal: 'aal1', amr: ['google'] });
  const live = () =>
    services.sql<{ device_id: string }>(
      'select device_id from loopin.sessions where user_id = $1 and revoked_at is null',
      [user.id],
    );

  it('has ten sessions, however many sign in at once', async () => {
    for (const _ of range(9)) await signIn();
    await Promise.all(range(8).map(() => signIn()));
    expect(await live()).toHaveLength(10);
  });

  it('keeps the sessions of its other phones when one phone repeats its sign-in', async () => {
    const [idle, repeating] = [randomUUID() as DeviceId, randomUUID() as DeviceId];
    await signIn(idle);
    await signIn(idle);
    for (const _ of range(12)) {
      clock.forward(1);
      await signIn(repeating);
    }
    const devices = (await live()).map(({ device_id: id }) => id);
    expect(devices).toHaveLength(10);
    expect(devices).toContain(idle);
  });

  it('takes many changes of its name one after the other', async () => {
    const profiles = new ProfileService(auth.accounts, database);
    let tries = 0;
    const names = range(8).map((index) => `name ${index}`);
    const change = (name: string) =>
      profiles.change(user.id, name, () => {
        tries += 1;
      });
    expect((await Promise.all(names.map(change))).map(({ displayName }) => displayName)).toEqual(names);
    expect(tries).toBe(names.length);
  });

  describe('when its owner takes the old address back', () => {
    /** Somebody moved it there. @returns the token that takes it back */
    const moved = async (to: string): Promise<string> => {
      const token = randomBytes(16).toString('hex');
      const undo = { userId: user.id, oldEmail: user.email, changedAt: clock.now() };
      await database.transaction(async (tx) => {
        await auth.accounts.setEmail(tx, user.id, to);
        await changes.addUndo(tx, sha256(token), undo, secondsAfter(clock.now(), 7 * DAY));
      });
      return token;
    };

    it('gets no password from who was about to reset it by the other mailbox', async () => {
      const theirs = address();
      const token = await moved(theirs);
      const code = await database.transaction((tx) => auth.resetCodes.issue(tx, theirs));
      hasher.interruption = () => undos.undo(token);
      await expect(auth.resets.reset(theirs, code, goodPassword())).rejects.toThrow(InvalidCredentials);
      expect(await now()).toEqual({ email: user.email, password_hash: null });
    });

    it('leaves no way to undo that to who was moving it on', async () => {
      const [theirs, next] = [address(), address()];
      const token = await moved(theirs);
      const change = { userId: user.id, newEmail: next, codeMac: randomBytes(32) };
      await database.transaction((tx) =>
        changes.put(tx, { ...change, expiresAt: secondsAfter(clock.now(), DAY) }),
      );
      let undo: Promise<void> | undefined;
      await database.transaction(async (tx) => {
        await changes.take(tx, { ...change, expiresAt: clock.now() });
        undo ??= undos.undo(token);
        await waitFor('the undo waits', isWaiting, BOUND_MS);
        await auth.accounts.setEmail(tx, user.id, next);
        const second = { userId: user.id, oldEmail: theirs, changedAt: clock.now() };
        await changes.addUndo(tx, randomBytes(32), second, secondsAfter(clock.now(), 7 * DAY));
      });
      await undo;
      expect(await now()).toMatchObject({ email: user.email });
      expect(await services.sql('select from loopin.email_undos where user_id = $1', [user.id])).toEqual([]);
    });
  });
});
