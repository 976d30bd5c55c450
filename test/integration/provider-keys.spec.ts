import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { exportJWK, generateKeyPair } from 'jose';
import type { IdentityProvider } from '../../src/modules/auth/oidc/identity-providers';
import { JwksProviderKeys } from '../../src/modules/auth/oidc/jwks.provider-keys';
import { IdentityProviderUnavailable } from '../../src/modules/auth/oidc/oidc.errors';
import { PgProviderKeyStore } from '../../src/modules/auth/oidc/pg-provider-key.store';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const HOUR = 3_600;
const DAY = 24 * HOUR;
const PAST_COOL_DOWN = 31;

describe('the keys of a provider', () => {
  let services: Services;
  let store: PgProviderKeyStore;
  let clock: TestClock;
  let keys: JwksProviderKeys;
  let server: Server;
  let provider: IdentityProvider;
  let published: unknown[];
  let asked: number;
  /** What the provider answers in place of its keys. */
  let fault: { status?: number; body?: string; silent?: true } | undefined;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    store = new PgProviderKeyStore(services.database());
  });
  beforeEach(async () => {
    await services.sql('truncate loopin.provider_keys');
    [published, asked, fault] = [[await publicJwk('one')], 0, undefined];
    server = createServer((_, response) => {
      asked += 1;
      if (fault?.silent) return;
      response.writeHead(fault?.status ?? 200).end(fault?.body ?? JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    provider = { name: 'apple', issuers: [issuer], clientIds: ['app'], keysUrl: `${issuer}/keys` };
    clock = new TestClock();
    keys = newProcess();
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  afterAll(() => services.stop());

  const newProcess = () => new JwksProviderKeys(store, clock, services.shutdown);
  const find = (kid: string, by = keys) => by.find(provider, { alg: 'RS256', kid });

  async function publicJwk(kid: string, alg = 'RS256') {
    const { publicKey } = await generateKeyPair(alg, { extractable: true });
    return { ...(await exportJWK(publicKey)), kid, use: 'sig', alg };
  }

  it('are asked for once by many requests, and not again while they are fresh', async () => {
    const found = await Promise.all(range(20).map(() => find('one')));
    expect(found.every((key) => key?.type === 'public')).toBe(true);
    clock.forward(HOUR - 60);
    await find('one');
    expect(asked).toBe(1);
  });

  it('serve a new key after a rotation, and made-up ids ask nobody during the cool-down', async () => {
    await find('one');
    published = [await publicJwk('two')];
    for (const kid of ['made-up', 'two', 'x']) expect(await find(kid)).toBeUndefined();
    expect(asked).toBe(1);
    clock.forward(PAST_COOL_DOWN);
    expect(await find('two')).toBeDefined();
    expect(asked).toBe(2);
    // what the provider has withdrawn is trusted no more
    expect(await find('one')).toBeUndefined();
    expect(asked).toBe(2);
  });

  it('are brought up to date behind a request that does not wait', async () => {
    await find('one');
    published = [await publicJwk('two')];
    clock.forward(HOUR + 1);
    expect(await find('one')).toBeDefined();
    await waitFor('the new keys', async () => (await find('two')) !== undefined, 5_000);
    expect(asked).toBe(2);
  });

  it.each([
    ['an error', { status: 503 }],
    ['something else', { body: '<html>busy</html>' }],
    ['no keys', { body: '{"keys":[]}' }],
    ['more than we read', { body: JSON.stringify({ keys: 'x'.repeat(100_000) }) }],
  ])('stay what they were while the provider answers with %s', async (_, given) => {
    await find('one');
    fault = given;
    clock.forward(2 * HOUR);
    expect(await find('one')).toBeDefined();
    await waitFor('a look', () => asked === 2, 5_000);
    expect(await find('one')).toBeDefined();
    // whether it has such a key nobody can say
    await expect(find('two')).rejects.toBeInstanceOf(IdentityProviderUnavailable);
    fault = undefined;
    published.push(await publicJwk('two'));
    clock.forward(PAST_COOL_DOWN);
    expect(await find('two')).toBeDefined();
  });

  it('are known to a process that starts while the provider is away, for a week', async () => {
    await find('one');
    fault = { status: 500 };
    const started = newProcess();
    expect(await find('one', started)).toBeDefined();
    expect(asked).toBe(1);
    clock.forward(7 * DAY + 60);
    await expect(find('one', started)).rejects.toBeInstanceOf(IdentityProviderUnavailable);
  });

  it('are not waited for beyond two seconds', async () => {
    clock.stop();
    fault = { silent: true };
    const outcomes = await Promise.allSettled(range(5).map(() => find('one')));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    // nobody waits again during the cool-down
    await expect(find('one')).rejects.toBeInstanceOf(IdentityProviderUnavailable);
    expect(asked).toBe(1);
  });

  it('come again at once when the clock was put back', async () => {
    clock.forward(DAY);
    fault = { status: 500 };
    await expect(find('one')).rejects.toBeInstanceOf(IdentityProviderUnavailable);
    fault = undefined;
    clock.forward(-DAY);
    expect(await find('one')).toBeDefined();
  });

  it('are of RSA only, whatever else is published', async () => {
    const secret = { kty: 'oct', kid: 'secret', k: 'c2VjcmV0', alg: 'HS256' };
    published.push(secret, await publicJwk('curve', 'ES256'), { kid: 'broken' }, 'nothing');
    expect(await find('one')).toBeDefined();
    for (const kid of ['secret', 'curve', 'broken']) expect(await find(kid)).toBeUndefined();
    const [row] = await services.sql<{ keys: unknown[] }>('select keys from loopin.provider_keys');
    expect(row?.keys).toHaveLength(1);
  });

  it('are not replaced by older ones in the table', async () => {
    await find('one');
    const newer = await store.load('apple');
    const older = { keys: newer?.keys ?? [], fetchedAt: new Date(clock.now().getTime() - HOUR * 1000) };
    await store.save('apple', older);
    expect(await store.load('apple')).toEqual(newer);
  });
});
