import { randomUUID } from 'node:crypto';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import type { OpenSession } from '../../src/modules/auth/sessions/sessions.service';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { type DeviceId, newId, type UserId } from '../../src/shared/ids';
import { authServices } from '../support/auth-services';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

describe('the end of sessions', () => {
  let services: Services;
  let database: Database;
  let auth: ReturnType<typeof authServices>;
  let user: UserId;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(8);
    auth = authServices(services, database, new TestClock(), new PasswordHasher(new Shutdown()));
  });
  beforeEach(async () => {
    user = newId();
    await services.sql('insert into loopin.users (id, email, created_at) values ($1, $2, now())', [
      user,
      `${user}@example.com`,
    ]);
  });
  afterAll(() => services.stop());
  afterEach(() => jest.restoreAllMocks());

  const open = (): Promise<OpenSession> =>
    database.transaction(async (tx) => {
      const deviceId = randomUUID() as DeviceId;
      await auth.devices.signedIn(tx, user, deviceId, { platform: 'ios', appVersion: '1.0.0' });
      return auth.sessions.open(tx, user, deviceId, { aal: 'aal1', amr: ['pwd'] });
    });
  const ends = () =>
    services.sql<{ actor: string; target: string; details: unknown }>(
      `select actor, target, details
       from loopin.audit_events
       where actor = $1 and action = 'session.revoked'
       order by target`,
      [`user:${user}`],
    );

  it('is noted of each, by one statement for all', async () => {
    const opened = [];
    for (const _ of range(10)) opened.push((await open()).session.id);
    const kept = opened.pop();
    const notes = jest.spyOn(PgAuditStore.prototype, 'add');
    await database.transaction((tx) => auth.sessions.passwordChanged(tx, user, kept));
    expect(notes).toHaveBeenCalledTimes(1);
    const details = { reason: 'password_changed' };
    expect(await ends()).toEqual(
      opened.sort().map((id) => ({ actor: `user:${user}`, target: `session:${id}`, details })),
    );
    await database.transaction((tx) => auth.sessions.passwordChanged(tx, user, kept));
    expect(await ends()).toHaveLength(9);
  });
});
