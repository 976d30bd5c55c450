import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Mailbox, startMailbox } from '../../tools/local/mailbox/mailbox.mts';
import { Issuer } from '../support/oidc';

jest.setTimeout(60_000);

describe('the local issuer', () => {
  let mailbox: Mailbox;
  let apple: Issuer;
  let google: Issuer;

  beforeAll(async () => {
    mailbox = await startMailbox({ smtp: 0, http: 0 });
    const url = `http://127.0.0.1:${mailbox.httpPort}`;
    apple = new Issuer(url, 'apple');
    google = new Issuer(url, 'google');
  });
  afterAll(() => mailbox.close());

  const verify = (idToken: string, issuer: Issuer, path: string) =>
    jwtVerify(idToken, createRemoteJWKSet(new URL(`${issuer.url}/${path}`)), { issuer: issuer.url });

  it('gives tokens that its published keys verify, with the claims of each provider', async () => {
    const ofApple = await apple.mint({ nonce: 'n', email: 'ada@example.com' });
    const { payload } = await verify(ofApple.idToken, apple, 'auth/keys');
    expect(payload).toMatchObject({
      aud: 'com.loopin.app',
      email: 'ada@example.com',
      email_verified: 'true',
    });
    expect(payload.nonce).toMatch(/^[0-9a-f]{64}$/);
    expect(ofApple.authorizationCode).toEqual(expect.any(String));

    const ofGoogle = await google.mint({ nonce: 'n', claims: { hd: 'example.com', email: null } });
    const other = await verify(ofGoogle.idToken, google, 'oauth2/v3/certs');
    expect(other.payload).toMatchObject({ nonce: 'n', hd: 'example.com', email_verified: true });
    expect(other.payload).not.toHaveProperty('email');
  });

  it('rotates its keys, and may withdraw those before', async () => {
    const { idToken } = await google.mint();
    await google.rotate();
    await verify(idToken, google, 'oauth2/v3/certs');
    await google.rotate({ withdraw: true });
    await expect(verify(idToken, google, 'oauth2/v3/certs')).rejects.toThrow('no applicable key');
  });

  it('fails on demand', async () => {
    await google.fault({ status: 503 });
    expect((await fetch(`${google.url}/oauth2/v3/certs`)).status).toBe(503);
    await google.fault({});
    expect((await fetch(`${google.url}/oauth2/v3/certs`)).status).toBe(200);
    expect((await fetch(`${apple.url}/unknown`)).status).toBe(404);
  });

  it('takes no client secret but that of our key', async () => {
    const { authorizationCode = '' } = await apple.mint();
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: authorizationCode,
      client_id: 'com.loopin.app',
      client_secret: 'x',
    });
    const answer = await fetch(`${apple.url}/auth/token`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_client' }]);
  });
});
