import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AuditLog } from '../../src/modules/audit/audit-log';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { ApiKeyWarnings } from '../../src/modules/auth/api-keys/api-key-warnings';
import { ApiKeysService } from '../../src/modules/auth/api-keys/api-keys.service';
import { PgApiKeyStore } from '../../src/modules/auth/api-keys/pg-api-key.store';
import { ApiKeyNotRotatable } from '../../src/modules/auth/auth.errors';
import { DAY, HOUR, secondsAfter } from '../../src/shared/clock';
import { type ApiKeyId, newId } from '../../src/shared/ids';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const REQUEST = { name: 'shop', scopes: ['push:send'] } as const;

describe('API keys', () => {
  let services: Services;
  let clock: TestClock;
  let store: PgApiKeyStore;
  let apiKeys: ApiKeysService;
  let warnings: ApiKeyWarnings[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  beforeEach(async () => {
    await services.sql('truncate loopin.api_keys');
    await services.sql('truncate loopin.audit_events');
    clock = new TestClock();
    const database = services.database();
    const audit = new AuditLog(new PgAuditStore(), clock);
    store = new PgApiKeyStore(database);
    apiKeys = new ApiKeysService(store, audit, database, clock);
    warnings = [database, services.database(), services.database()].map(
      (other) => new ApiKeyWarnings(new PgApiKeyStore(other), audit, other, clock),
    );
  });
  afterAll(() => services.stop());

  const create = async (id: ApiKeyId = newId()) => (await apiKeys.create('operator', id, REQUEST)).apiKey;
  const row = async (id: string) => {
    const { data } = await apiKeys.list({ limit: 100 });
    return data.find((key) => key.id === id);
  };
  const warned = async () => {
    await Promise.all(warnings.map((worker) => worker.warn()));
    const rows = await services.sql<{ days: number; target: string }>(
      `select (details->>'days')::int as days, target from loopin.audit_events
       where action = 'api_key.ends_soon' order by occurred_at, id`,
    );
    return rows.map(({ days, target }) => [days, target.replace('api_key:', '')]);
  };

  it('warns 14, 7 and 1 days before the end, once each, however many workers look', async () => {
    const { id } = await create();
    clock.forward(75 * DAY);
    expect(await warned()).toEqual([]);
    clock.forward(DAY);
    expect(await warned()).toEqual([[14, id]]);
    expect(await warned()).toEqual([[14, id]]);
    clock.forward(7 * DAY);
    expect(await warned()).toHaveLength(2);
    clock.forward(6 * DAY);
    expect(await warned()).toEqual([14, 7, 1].map((days) => [days, id]));
    clock.forward(2 * DAY);
    expect(await warned()).toHaveLength(3);
  });

  it('found late a key gets the one warning that is true; a replaced or revoked one none', async () => {
    const late = await create();
    const replaced = await create();
    const revoked = await create();
    await apiKeys.revoke('operator', revoked.id);
    clock.forward(89.5 * DAY);
    await apiKeys.rotate('operator', replaced.id, newId());
    expect(await warned()).toEqual([[1, late.id]]);
  });

  it('rotates once: the old one ends in a day, or when it would have ended anyway', async () => {
    const first = await create();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => apiKeys.rotate('operator', first.id, newId())),
    );
    const made = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(made).toHaveLength(1);
    const [{ value: rotated } = { value: undefined }] = made;
    const old = await row(first.id);
    expect(old?.replacedBy).toBe(rotated?.apiKey.id);
    expect(rotated?.apiKey).toMatchObject({ name: 'shop', scopes: ['push:send'] });
    expect(old?.expiresAt.getTime()).toBeLessThanOrEqual(secondsAfter(clock.now(), DAY).getTime());
    expect(old?.expiresAt.getTime()).toBeGreaterThan(secondsAfter(clock.now(), 23 * HOUR).getTime());

    const second = await create();
    clock.forward(90 * DAY - HOUR);
    const { oldEndsAt } = await apiKeys.rotate('operator', second.id, newId());
    expect(oldEndsAt).toEqual(second.expiresAt);
    await expect(apiKeys.rotate('operator', first.id, newId())).rejects.toThrow(ApiKeyNotRotatable);
  });

  it('the same request after a crash makes no second key, and its secret is the good one', async () => {
    const id = newId<'ApiKey'>();
    await create(id);
    const again = await create(id);
    expect((await apiKeys.list({ limit: 100 })).data).toHaveLength(1);
    expect((await store.findByKeyId(again.keyId))?.secretHash).toEqual(again.secretHash);
    const rotatedTo = newId<'ApiKey'>();
    await apiKeys.rotate('operator', id, rotatedTo);
    const repeated = await apiKeys.rotate('operator', id, rotatedTo);
    expect((await store.findByKeyId(repeated.apiKey.keyId))?.id).toBe(rotatedTo);
    expect((await apiKeys.list({ limit: 100 })).data).toHaveLength(2);
  });

  it('notes the last use of a key at most once a minute', async () => {
    const [a, b] = [await create(), await create()];
    const start = new Date('2027-01-01T00:00:00Z');
    const unknown = randomUUID() as ApiKeyId;
    await store.markUsed(new Map([a.id, unknown].map((id) => [id, start])));
    await store.markUsed(new Map([a.id, b.id].map((id) => [id, secondsAfter(start, 59)])));
    expect((await row(a.id))?.lastUsedAt).toEqual(start);
    expect((await row(b.id))?.lastUsedAt).toEqual(secondsAfter(start, 59));
    await store.markUsed(new Map([[a.id, secondsAfter(start, 60)]]));
    expect((await row(a.id))?.lastUsedAt).toEqual(secondsAfter(start, 60));
  });
});
