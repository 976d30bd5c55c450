import { randomUUID } from 'node:crypto';
import { AuditLog } from '../../src/modules/audit/audit-log';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { PgAccountStore } from '../../src/modules/auth/accounts/pg-account.store';
import { throwAfterCommit } from '../../src/modules/auth/mfa/commit';
import { MfaNotices } from '../../src/modules/auth/mfa/mfa-notices';
import { PgMfaTokenStore } from '../../src/modules/auth/mfa/pg-mfa-token.store';
import { PgSecondFactorStore } from '../../src/modules/auth/mfa/pg-second-factor.store';
import { RecoveryCodes } from '../../src/modules/auth/mfa/recovery-codes';
import { SecondFactors } from '../../src/modules/auth/mfa/second-factors';
import { PgSessionProofStore } from '../../src/modules/auth/sessions/pg-session-proof.store';
import { MailService } from '../../src/modules/mail/mail.service';
import { PgMailStore } from '../../src/modules/mail/pg-mail.store';
import type { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { MINUTE, secondsAfter } from '../../src/shared/clock';
import { sha256 } from '../../src/shared/hash';
import { type DeviceId, newId, type SessionId, type UserId } from '../../src/shared/ids';
import { decodeKeyring } from '../../src/shared/keyring';
import { range } from '../support/concurrently';
import { AuthenticatorApp } from '../support/second-factor';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const BOUND_MS = 20_000;
const CHANGED_AT = new Date('2027-01-01T00:00:00.123Z');

describe('second factors', () => {
  let services: Services;
  let database: Database;
  let clock: TestClock;
  let factors: SecondFactors;
  let user: UserId;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(8);
  });
  beforeEach(async () => {
    clock = new TestClock();
    factors = wire();
    user = newId();
    await services.sql(
      'insert into loopin.users (id, email, password_changed_at, created_at) values ($1, $2, now(), now())',
      [user, `${user}@example.com`],
    );
  });
  afterAll(() => services.stop());

  const keyrings = () => ({
    data: decodeKeyring(services.env('DATA_KEYS')),
    keyEncryption: decodeKeyring(services.env('KEY_ENCRYPTION_KEYS')),
  });

  function wire(): SecondFactors {
    const keys = keyrings();
    const mails = new MailService(
      new PgMailStore(database),
      new Outbox(clock, new RelayOnly(), database),
      clock,
      keys,
    );
    const audit = new AuditLog(new PgAuditStore(), clock);
    const notices = new MfaNotices(new PgAccountStore(database), mails, audit);
    return new SecondFactors(new PgSecondFactorStore(), new RecoveryCodes(keys), notices, clock, keys);
  }

  const begin = async () => {
    const secret = await database.transaction((tx) => factors.begin(tx, user));
    return AuthenticatorApp.of(secret);
  };
  const confirm = (code: string) => throwAfterCommit(database, (tx) => factors.confirm(tx, user, code));
  const prove = (code: string) => throwAfterCommit(database, (tx) => factors.prove(tx, user, code));
  const fates = async (tries: readonly Promise<unknown>[]) => {
    const settled = await Promise.allSettled(tries);
    return settled.map((one) => (one.status === 'fulfilled' ? 'good' : one.reason.code)).sort();
  };
  const times = (count: number, fate: string) => Array.from({ length: count }, () => fate);
  const enrolled = async () => {
    const app = await begin();
    const { recoveryCodes } = await confirm(app.code());
    return { app, recoveryCodes };
  };

  it('one of many parallel confirmations wins, and its recovery codes are the good ones', async () => {
    const app = await begin();
    const settled = await Promise.allSettled(range(6).map(() => confirm(app.code())));
    const won = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.recoveryCodes] : []));
    expect(won).toHaveLength(1);
    const stored = await services.sql('select from loopin.mfa_recovery_codes where user_id = $1', [user]);
    expect(stored).toHaveLength(10);
    expect(await prove(won[0]?.[0] ?? '')).toEqual(['mfa']);
  });

  it('one code proves once in parallel, and so does a recovery code', async () => {
    const { app, recoveryCodes } = await enrolled();
    const code = app.codeOfStep(1);
    expect(await fates(range(8).map(() => prove(code)))).toEqual(['good', ...times(7, 'invalid_code')]);
    clock.forward(61 * MINUTE);
    const [recovery = ''] = recoveryCodes;
    expect(await fates(range(8).map(() => prove(recovery)))).toEqual(['good', ...times(7, 'invalid_code')]);
  });

  it('ten parallel guesses are looked at, the others are told nothing, a right code neither', async () => {
    const { app } = await enrolled();
    const tries = [...range(24).map(() => prove(app.wrong()))];
    expect(await fates(tries)).toEqual([...times(10, 'invalid_code'), ...times(14, 'rate_limited')]);
    expect(await fates([prove(app.codeOfStep(1))])).toEqual(['rate_limited']);
    clock.forward(60 * MINUTE + 1);
    expect(await prove(app.code(60 * MINUTE * 1000 + 1000))).toEqual(['otp', 'mfa']);
  });

  it('a secret is sealed under the data key, for its user alone', async () => {
    const app = await begin();
    const [row] = await services.sql<{ secret_sealed: Buffer }>(
      'select secret_sealed from loopin.mfa_totp where user_id = $1',
      [user],
    );
    expect(row?.secret_sealed.includes(Buffer.from(app.secret))).toBe(false);
    const other = newId<'User'>();
    await services.sql('insert into loopin.users (id, email, created_at) values ($1, $2, now())', [
      other,
      `${other}@example.com`,
    ]);
    await services.sql(
      `insert into loopin.mfa_totp (user_id, secret_sealed, pending_until)
       select $1, secret_sealed, pending_until from loopin.mfa_totp where user_id = $2`,
      [other, user],
    );
    await expect(database.transaction((tx) => factors.confirm(tx, other, app.code()))).rejects.toThrow();
  });

  describe('a sign-in that waits for one', () => {
    const store = () => new PgMfaTokenStore(database, keyrings());
    const device = { deviceId: randomUUID() as DeviceId, platform: 'ios', appVersion: '1.2.3' } as const;
    const hash = sha256('token');
    const add = async (passwordChangedAt?: Date, dpopJkt: string | null = null) => {
      const [row] = await services.sql<{ at: Date }>(
        'update loopin.users set password_changed_at = $2 where id = $1 returning password_changed_at as at',
        [user, CHANGED_AT],
      );
      await store().add({
        ...{ hash, userId: user, device, amr: ['pwd'], dpopJkt },
        passwordChangedAt: passwordChangedAt ?? row?.at ?? null,
        identity: null,
        expiresAt: secondsAfter(clock.now(), 5 * MINUTE),
      });
    };
    const countTry = (dpopJkt: string | null = null) =>
      database.transaction((tx) => store().countTry(tx, { hash, dpopJkt }, 5, clock.now()));
    const isWaiting = async () => {
      const query = "select from pg_stat_activity where usename = 'loopin_app' and wait_event_type = 'Lock'";
      return (await services.sql(query)).length > 0;
    };
    afterEach(() => services.sql('delete from loopin.mfa_tokens'));

    it('has five tries, however many at once, and says what it was given', async () => {
      await add();
      const found = await Promise.all(range(12).map(() => countTry()));
      const admitted = found.filter((one) => one !== undefined);
      expect(admitted).toEqual(
        times(5, '').map(() => ({
          ...{ userId: user, device, amr: ['pwd'] },
          ...{ passwordChangedAt: CHANGED_AT, identity: null },
        })),
      );
    });

    it('is of the key that the first step proved, or of none', async () => {
      await add(undefined, 'key');
      expect(await Promise.all([countTry(), countTry('another')])).toEqual([undefined, undefined]);
      expect(await countTry('key')).toBeDefined();
      await services.sql('delete from loopin.mfa_tokens');
      await add();
      expect(await countTry('key')).toBeUndefined();
    });

    it('and the removal of the second factor at the same time never wait for each other', async () => {
      await enrolled();
      await add();
      const factor = new PgSecondFactorStore();
      const runs = { redeem: 0, remove: 0 };
      let removal: Promise<unknown> | undefined;
      await database.transaction(async (tx) => {
        runs.redeem += 1;
        await store().countTry(tx, { hash, dpopJkt: null }, 5, clock.now());
        removal ??= database.transaction(async (other) => {
          runs.remove += 1;
          return factor.remove(other, user);
        });
        await waitFor('the removal waits', isWaiting, BOUND_MS);
        await factor.lock(tx, user);
      });
      expect(await removal).toBe(1);
      expect(runs).toEqual({ redeem: 1, remove: 1 });
    });

    it('ends in time, and with the password it was opened with', async () => {
      await add(new Date('2026-12-31T00:00:00Z'));
      expect(await countTry()).toBeUndefined();
      await services.sql('delete from loopin.mfa_tokens');
      await add();
      clock.forward(5 * MINUTE + 1);
      expect(await countTry()).toBeUndefined();
    });
  });

  it('raises the session of its owner alone, and lowers them all', async () => {
    const proofs = new PgSessionProofStore();
    const [deviceId, sessionId] = [randomUUID(), randomUUID() as SessionId];
    await services.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, created_at, last_seen_at)
       values ($1, $2, $3, 'ios', '1', now(), now())`,
      [randomUUID(), user, deviceId],
    );
    await services.sql(
      `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
         expires_at, absolute_expires_at)
       values ($1, $2, $3, 'aal1', '{otp}', now(), now(), now(), now() + interval '7 days', now() + interval '90 days')`,
      [sessionId, user, deviceId],
    );
    const now = secondsAfter(clock.now(), MINUTE);
    const raise = (userId: UserId, secondFactor: boolean, amr: string[]) =>
      database.transaction((tx) => proofs.raise(tx, { id: sessionId, userId }, { amr, secondFactor }, now));
    expect(await raise(newId(), true, ['otp', 'mfa'])).toBeUndefined();
    expect(await raise(user, false, ['pwd'])).toMatchObject({
      ...{ aal: 'aal1', amr: ['otp', 'pwd'], authenticatedAt: now, secondFactorAt: null },
    });
    expect(await raise(user, true, ['otp', 'mfa'])).toMatchObject({
      ...{ aal: 'aal2', amr: ['otp', 'pwd', 'mfa'], secondFactorAt: now },
    });
    const lower = () => database.transaction((tx) => proofs.lowerAll(tx, user));
    expect(await lower()).toEqual([{ id: sessionId, signingKey: null }]);
    expect(await lower()).toEqual([]);
    const rows = await services.sql('select aal, amr, aal2_at from loopin.sessions where id = $1', [
      sessionId,
    ]);
    expect(rows).toEqual([{ aal: 'aal1', amr: ['otp', 'pwd'], aal2_at: null }]);
    await services.sql('update loopin.sessions set revoked_at = now()');
    expect(await raise(user, true, ['otp'])).toBeUndefined();
  });
});
