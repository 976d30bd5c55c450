import { randomUUID } from 'node:crypto';
import { InvalidCredentials } from '../../src/modules/auth/auth.errors';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { newId } from '../../src/shared/ids';
import { authServices } from '../support/auth-services';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

/** Counts what would be hashed. It knows no password. */
class CountingHasher extends PasswordHasher {
  hashes = 0;
  verifications = 0;

  override async hash(): Promise<string> {
    this.hashes += 1;
    return 'a hash';
  }

  override async verify(): Promise<boolean> {
    this.verifications += 1;
    return false;
  }
}

const PASSWORD = 'mJ4#vq9Lw!zT';

/** Who asks must not be able to tell by the time it takes: the work is counted, since a measured time is noise. */
describe('the same work whether or not an address has an account', () => {
  let services: Services;
  let database: Database;
  let hasher: CountingHasher;
  let auth: ReturnType<typeof authServices>;
  const known = `${randomUUID()}@example.com`;
  const unknown = () => `${randomUUID()}@example.com`;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database();
    await openAccount();
  });
  beforeEach(() => {
    hasher = new CountingHasher(new Shutdown());
    auth = authServices(services, database, new TestClock(), hasher);
  });
  afterAll(() => services.stop());

  async function openAccount(): Promise<void> {
    const clock = new TestClock();
    const { accounts } = authServices(services, database, clock, new CountingHasher(new Shutdown()));
    const user = {
      id: newId<'User'>(),
      email: known,
      displayName: null,
      roles: ['user'] as const,
      rolesVersion: 0,
      mfaEnabled: false,
      passwordHash: 'a hash',
      passwordChangedAt: clock.now(),
    };
    await database.transaction((tx) => accounts.create(tx, user, clock.now()));
  }

  /** Hashes, mails, queued messages and reset codes that a call makes. */
  async function workOf(call: () => Promise<unknown>) {
    const before = await counted();
    await call();
    const after = await counted();
    return after.map((count, index) => count - (before[index] ?? 0));
  }

  async function counted(): Promise<number[]> {
    const [rows] = await services.sql<{ mails: number; messages: number; codes: number }>(
      `select (select count(*)::int from loopin.mails) as mails,
              (select count(*)::int from loopin.outbox) as messages,
              (select count(*)::int from loopin.password_resets) as codes`,
    );
    return [hasher.hashes, hasher.verifications, ...Object.values(rows ?? {})];
  }

  it('registration: one hash, one mail', async () => {
    const register = (email: string) => () => auth.registration.register(email, PASSWORD, undefined);
    expect(await workOf(register(known))).toEqual([1, 0, 1, 1, 0]);
    expect(await workOf(register(unknown()))).toEqual([1, 0, 1, 1, 0]);
  });

  it('sign-in: one verification', async () => {
    const login = (email: string) => () =>
      expect(auth.proof.check(email, PASSWORD, newId())).rejects.toThrow(InvalidCredentials);
    expect(await workOf(login(known))).toEqual([0, 1, 0, 0, 0]);
    expect(await workOf(login(unknown()))).toEqual([0, 1, 0, 0, 0]);
  });

  it('a forgotten password: one code, one mail, no hash', async () => {
    const forgot = (email: string) => () => auth.resetRequests.make(email);
    expect(await workOf(forgot(known))).toEqual([0, 0, 1, 1, 1]);
    expect(await workOf(forgot(unknown()))).toEqual([0, 0, 1, 1, 1]);
  });
});
