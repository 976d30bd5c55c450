import { AuditLog } from '../../src/modules/audit/audit-log';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { SigningKeyRefusal } from '../../src/modules/auth/auth.errors';
import { PgSigningKeyStore } from '../../src/modules/auth/signing-keys/pg-signing-key.store';
import { generateSigningKey } from '../../src/modules/auth/signing-keys/signing-key-material';
import { SigningKeyRotation } from '../../src/modules/auth/signing-keys/signing-key-rotation.service';
import { SigningKeySteps } from '../../src/modules/auth/signing-keys/signing-key-steps';
import type { Database } from '../../src/platform/database/database';
import { DAY, HOUR, MINUTE } from '../../src/shared/clock';
import { NotFound } from '../../src/shared/domain-error';
import { decodeKeyring } from '../../src/shared/keyring';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const WORKERS = 4;

describe('rotation of the signing keys', () => {
  let services: Services;
  let databases: Database[];
  let clock: TestClock;
  let workers: SigningKeyRotation[];
  let operator: SigningKeyRotation;

  beforeAll(async () => {
    services = await Services.start();
    databases = Array.from({ length: WORKERS }, () => services.database());
  });
  beforeEach(async () => {
    await services.sql('delete from loopin.signing_keys');
    await services.sql('truncate loopin.audit_events');
    clock = new TestClock();
    workers = databases.map((database) => rotationOf(database));
    operator = rotationOf(services.database());
    await addFirstKey();
  });
  afterAll(() => services.stop());

  const keyring = () => decodeKeyring(services.env('KEY_ENCRYPTION_KEYS'));

  function rotationOf(database: Database): SigningKeyRotation {
    const store = new PgSigningKeyStore(database);
    const keys = { data: keyring(), keyEncryption: keyring() };
    const audit = new AuditLog(new PgAuditStore(), clock);
    return new SigningKeyRotation(store, new SigningKeySteps(store, audit, database, clock, keys), clock);
  }

  async function addFirstKey(): Promise<void> {
    const [database] = databases;
    if (database === undefined) throw new Error('there is no database');
    const key = await generateSigningKey(keyring());
    const store = new PgSigningKeyStore(database);
    await database.transaction((tx) => store.add(tx, key, 'in_use', clock.now()));
  }

  /** All workers look at once. @returns the steps that were taken, by whomever */
  const look = async () => {
    const taken = await Promise.all(workers.map((worker) => worker.keepUp()));
    return taken.flat().map(({ step }) => step);
  };
  const states = async () => (await operator.list()).map(({ state }) => state);
  const audited = async () => {
    const rows = await services.sql<{ action: string; actor: string }>(
      'select action, actor from loopin.audit_events order by occurred_at, id',
    );
    return rows.map(({ action, actor }) => `${actor} ${action}`);
  };
  const kidIn = async (state: string): Promise<string> => {
    const key = (await operator.list()).find((candidate) => candidate.state === state);
    if (key === undefined) throw new Error(`no key is ${state}`);
    return key.kid;
  };

  it('goes through a whole life by the calendar, each step once', async () => {
    const first = await kidIn('in_use');
    clock.forward(177 * DAY);
    expect(await look()).toEqual([]);
    clock.forward(DAY);
    expect(await look()).toEqual(['publish']);
    expect(await states()).toEqual(['in_use', 'standby']);
    clock.forward(DAY + 23 * HOUR);
    expect(await look()).toEqual([]);
    clock.forward(HOUR);
    expect(await look()).toEqual(['promote']);
    expect(await states()).toEqual(['previously_used', 'in_use']);
    expect(await kidIn('previously_used')).toBe(first);
    clock.forward(30 * MINUTE - 5);
    expect(await look()).toEqual([]);
    clock.forward(5);
    expect(await look()).toEqual(['revoke']);
    expect(await states()).toEqual(['revoked', 'in_use']);
    expect(await look()).toEqual([]);
    expect(await audited()).toEqual([
      'system signing_key.published',
      'system signing_key.promoted',
      'system signing_key.revoked',
    ]);
  });

  it('publishes for a day first, even when nobody looked for a year', async () => {
    clock.forward(400 * DAY);
    expect(await look()).toEqual(['publish']);
    clock.forward(DAY);
    expect(await look()).toEqual(['promote']);
  });

  it('by hand keeps the same waits', async () => {
    await operator.rotate();
    expect(await states()).toEqual(['in_use', 'standby']);
    await expect(operator.rotate()).rejects.toThrow(SigningKeyRefusal);
    clock.forward(DAY);
    await operator.rotate();
    const old = await kidIn('previously_used');
    await expect(operator.revoke(old, false)).rejects.toThrow(/may still be good until/);
    await expect(operator.revoke(await kidIn('in_use'), false)).rejects.toThrow('rotate first');
    clock.forward(30 * MINUTE);
    await operator.revoke(old, false);
    expect(await states()).toEqual(['revoked', 'in_use']);
    await expect(operator.revoke('no-such-key', true)).rejects.toThrow(NotFound);
  });

  it('of many operators at once one rotates', async () => {
    await operator.rotate();
    clock.forward(DAY);
    const outcomes = await Promise.allSettled(workers.map((worker) => worker.rotate()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const promoted = (await audited()).filter((row) => row.endsWith('promoted'));
    expect(promoted).toHaveLength(1);
    expect((await states()).filter((state) => state === 'in_use')).toHaveLength(1);
  });

  it('goes back: reinstated, readmitted, withdrawn', async () => {
    const first = await kidIn('in_use');
    await operator.rotate();
    clock.forward(DAY);
    await operator.rotate();
    await operator.restore(first);
    expect(await kidIn('in_use')).toBe(first);
    const second = await kidIn('previously_used');
    clock.forward(HOUR);
    expect(await look()).toEqual(['revoke']);
    await operator.restore(second);
    expect(await kidIn('previously_used')).toBe(second);
    await operator.rotate();
    await operator.revoke(await kidIn('standby'), false);
    expect((await states()).sort()).toEqual(['in_use', 'previously_used', 'revoked']);
    await expect(operator.restore(first)).rejects.toThrow('only a previously used or a revoked key');
  });

  it.each([false, true])(
    'in an emergency the key in use is replaced for ever (standby: %s)',
    async (ready) => {
      const stolen = await kidIn('in_use');
      if (ready) await operator.rotate();
      await operator.revoke(stolen, true);
      expect((await states()).sort()).toEqual(['in_use', 'revoked']);
      expect(await kidIn('revoked')).toBe(stolen);
      const [row] = await services.sql('select private_key_sealed from loopin.signing_keys where kid = $1', [
        stolen,
      ]);
      expect(row).toEqual({ private_key_sealed: null });
      await expect(operator.restore(stolen)).rejects.toThrow('for ever');
      expect((await audited()).slice(-2).sort()).toEqual([
        'operator signing_key.promoted',
        'operator signing_key.revoked',
      ]);
    },
  );
});
