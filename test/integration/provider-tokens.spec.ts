import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { AppleProviderTokens } from '../../src/modules/auth/oidc/apple.provider-tokens';
import { sealedCodeContext } from '../../src/modules/auth/oidc/code-exchange.job';
import { CodeExchange } from '../../src/modules/auth/oidc/code-exchange.service';
import { IdentityRevocation } from '../../src/modules/auth/oidc/identity-revocation.service';
import { PgIdentityStore } from '../../src/modules/auth/oidc/pg-identity.store';
import { PgProviderTokenStore } from '../../src/modules/auth/oidc/pg-provider-token.store';
import { ProviderTokensUnavailable } from '../../src/modules/auth/oidc/provider-tokens';
import type { Database } from '../../src/platform/database/database';
import { TryAgainLater } from '../../src/platform/sqs/message-handlers';
import { type AuthorizationCodeId, type IdentityId, newId, type UserId } from '../../src/shared/ids';
import { decodeKeyring } from '../../src/shared/keyring';
import { decodeP256Key } from '../../src/shared/p256-key';
import { Issuer } from '../support/oidc';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const CLIENT_ID = 'com.loopin.app';
const FIVE_MINUTES = 300;

describe('what Apple lets our servers do', () => {
  let services: Services;
  let database: Database;
  let issuer: Issuer;
  let clock: TestClock;
  let store: PgProviderTokenStore;
  let apple: AppleProviderTokens;
  let exchange: CodeExchange;
  let revocation: IdentityRevocation;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database();
    issuer = new Issuer(`http://127.0.0.1:${services.local.ports.mailbox}`, 'apple');
  });
  beforeEach(async () => {
    await issuer.fault({});
    clock = new TestClock();
    store = new PgProviderTokenStore(database);
    apple = appleWith({});
    const keys = keysOfStack();
    exchange = new CodeExchange(store, apple, clock, keys);
    revocation = new IdentityRevocation(store, apple, keys);
  });
  afterAll(() => services.stop());

  const keysOfStack = () => ({
    data: decodeKeyring(services.env('DATA_KEYS')),
    keyEncryption: decodeKeyring(services.env('KEY_ENCRYPTION_KEYS')),
  });

  function appleWith(changes: { teamId?: string | undefined; keyId?: string; issuerUrl?: string }) {
    const config = {
      teamId: services.env('APPLE_TEAM_ID'),
      keyId: services.env('APPLE_KEY_ID'),
      privateKey: decodeP256Key(services.env('APPLE_PRIVATE_KEY')),
      issuerUrl: services.env('APPLE_ISSUER_URL'),
      ...changes,
    };
    return new AppleProviderTokens(config, clock, services.shutdown);
  }

  /** A user with an Apple identity and a code on its way. */
  async function signedIn(): Promise<{ userId: UserId; subject: string; codeId: AuthorizationCodeId }> {
    const subject = randomUUID();
    const { authorizationCode = '' } = await issuer.mint({ subject });
    const [userId, id, codeId] = [newId<'User'>(), newId<'Identity'>(), newId<'AuthorizationCode'>()];
    const email = `${userId}@example.com`;
    await services.sql('insert into loopin.users (id, email, created_at) values ($1, $2, now())', [
      userId,
      email,
    ]);
    await database.transaction(async (tx) => {
      const identity = { id, userId, provider: 'apple', subject, email } as const;
      await new PgIdentityStore(database).add(tx, identity, clock.now());
      await store.addCode(tx, sealed(codeId, id, authorizationCode));
    });
    return { userId, subject, codeId };
  }

  function sealed(id: AuthorizationCodeId, identityId: IdentityId, code: string) {
    const expiresAt = new Date(clock.now().getTime() + FIVE_MINUTES * 1000);
    return {
      id,
      identityId,
      clientId: CLIENT_ID,
      sealed: keysOfStack().data.seal(code, sealedCodeContext(id)),
      expiresAt,
    };
  }

  const tokenOf = async (subject: string) =>
    (await issuer.refreshTokens()).find((token) => token.subject === subject);
  const codeIsThere = async (id: AuthorizationCodeId) => (await store.findCode(id)) !== undefined;

  it('exchanges a code for a refresh token, and takes it back', async () => {
    const { userId, subject, codeId } = await signedIn();
    await exchange.perform(codeId);
    expect(await codeIsThere(codeId)).toBe(false);
    expect(await tokenOf(subject)).toMatchObject({ clientId: CLIENT_ID, revoked: false });

    await revocation.revokeAll(userId);
    expect((await tokenOf(subject))?.revoked).toBe(true);
    expect(await store.refreshTokensOf(userId)).toEqual([]);
    const { revoke } = await issuer.calls();
    await revocation.revokeAll(userId);
    expect((await issuer.calls()).revoke).toBe(revoke);
  });

  it('may be asked twice by one message', async () => {
    const { userId, codeId } = await signedIn();
    await exchange.perform(codeId);
    const [token] = await store.refreshTokensOf(userId);
    await exchange.perform(codeId);
    expect(await store.refreshTokensOf(userId)).toEqual([token]);
  });

  it('is asked again later while Apple is away, as long as the code is good', async () => {
    const { userId, codeId } = await signedIn();
    await issuer.fault({ status: 503 });
    await expect(exchange.perform(codeId)).rejects.toBeInstanceOf(TryAgainLater);
    expect(await codeIsThere(codeId)).toBe(true);
    clock.forward(FIVE_MINUTES + 1);
    const { token } = await issuer.calls();
    await exchange.perform(codeId);
    expect(await codeIsThere(codeId)).toBe(false);
    expect((await issuer.calls()).token).toBe(token);
    expect(await store.refreshTokensOf(userId)).toEqual([]);
  });

  it('tries three times, and a broken connection counts as away', async () => {
    await issuer.fault({ status: 500 });
    const before = (await issuer.calls()).token;
    await expect(apple.exchange('code', CLIENT_ID)).rejects.toBeInstanceOf(ProviderTokensUnavailable);
    expect((await issuer.calls()).token).toBe(before + 3);
    const nowhere = appleWith({ issuerUrl: 'http://127.0.0.1:9' });
    await expect(nowhere.revoke('token', CLIENT_ID)).rejects.toBeInstanceOf(ProviderTokensUnavailable);
  });

  it.each([
    ['a code that was used', {}, 'invalid_grant', true],
    ['another team', { teamId: 'OTHERTEAM1' }, 'invalid_client', false],
    ['another key', { keyId: 'OTHERKEY01' }, 'invalid_client', false],
    ['no configuration', { teamId: undefined }, 'not_configured', false],
  ])('refuses %s', async (_, changes, reason, used) => {
    const { authorizationCode = '' } = await issuer.mint();
    if (used) await apple.exchange(authorizationCode, CLIENT_ID);
    const outcome = await appleWith(changes).exchange(authorizationCode, CLIENT_ID);
    expect(outcome).toEqual({ outcome: 'refused', reason });
  });

  it('refuses a code that another app was given', async () => {
    const { authorizationCode = '' } = await issuer.mint({ clientId: 'com.loopin.web' });
    const outcome = await apple.exchange(authorizationCode, CLIENT_ID);
    expect(outcome).toEqual({ outcome: 'refused', reason: 'invalid_grant' });
  });

  it('keeps a token that could not be revoked yet', async () => {
    const { userId, codeId } = await signedIn();
    await exchange.perform(codeId);
    await issuer.fault({ status: 503 });
    await expect(revocation.revokeAll(userId)).rejects.toBeInstanceOf(ProviderTokensUnavailable);
    expect(await store.refreshTokensOf(userId)).toHaveLength(1);
    const unknown = appleWith({ teamId: 'OTHERTEAM1' });
    await issuer.fault({});
    await expect(unknown.revoke('token', CLIENT_ID)).rejects.toBeInstanceOf(ProviderTokensUnavailable);
    // a token that Apple does not know is nothing to wait for
    await apple.revoke('unknown', CLIENT_ID);
  });

  it('has no rows left of a user who is gone', async () => {
    const { userId, codeId } = await signedIn();
    await services.sql('delete from loopin.users where id = $1', [userId]);
    expect(await codeIsThere(codeId)).toBe(false);
    await exchange.perform(codeId);
  });
});
