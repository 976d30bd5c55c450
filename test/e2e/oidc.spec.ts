import { createHash, createHmac, randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { findFreePort } from '../../tools/local/ports.mts';
import { expectStatus } from '../support/api';
import { auditOfUser } from '../support/audit';
import { range } from '../support/concurrently';
import {
  gmail,
  type Issuer,
  issuersOf,
  joinBy,
  type MintOptions,
  type Provider,
  signInBy,
} from '../support/oidc';
import { codeOf, detailOf, forgotPassword, goodPassword, resetPassword } from '../support/passwords';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const nowSeconds = () => Math.floor(Date.now() / 1000);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('sign-in with Apple and Google', () => {
  let stack: TestStack;
  let issuers: Readonly<Record<Provider, Issuer>>;

  beforeAll(async () => {
    stack = await TestStack.start();
    issuers = issuersOf(stack);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  describe.each(['apple', 'google'] as const)('%s', (provider) => {
    it('opens an account at the first sign-in, and the same one from then on', async () => {
      const phone = stack.phone();
      const subject = randomUUID();
      await joinBy(phone, issuers[provider], { subject });
      const { id, email } = phone.session.user;
      expect(email).toBe(phone.email);
      expect(decodeJwt(phone.session.accessToken).amr).toEqual([provider]);
      expect((await phone.me()).status).toBe(200);
      expect(await auditOfUser(stack, id)).toEqual(['account.created']);

      const again = stack.phone();
      // the address counts at the first sign-in only
      await joinBy(again, issuers[provider], { subject, claims: { email: null, email_verified: null } });
      expect(again.session.user.id).toBe(id);
      const mails = await stack.mailbox.waitForMails(phone.email, 2);
      expect(mails.map(({ subject: title }) => title)).toEqual([
        'A new device signed in',
        'A new device signed in',
      ]);
      expect((await again.refresh()).status).toBe(200);
    });

    it('takes a token once', async () => {
      const phone = stack.phone();
      const minted = await joinBy(phone, issuers[provider]);
      const replayed = await signInBy(stack.phone(), provider, minted);
      expect(replayed.status).toBe(401);
      expect(codeOf(replayed)).toBe('invalid_id_token');
      // the unused bits of the last character say nothing, so they make no other token
      const last = minted.idToken.at(-1) === 'A' ? 'B' : 'A';
      const varied = { ...minted, idToken: `${minted.idToken.slice(0, -1)}${last}` };
      expect(codeOf(await signInBy(stack.phone(), provider, varied))).toBe('invalid_id_token');
    });

    it('lets one of many parallel uses of a token in', async () => {
      const minted = await issuers[provider].mint();
      const phones = range(8).map(() => stack.phone());
      const answers = await Promise.all(phones.map((phone) => signInBy(phone, provider, minted)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...range(7).map(() => 401)]);
    });

    it('makes one account of parallel first sign-ins', async () => {
      const subject = randomUUID();
      const email = gmail();
      const minted = await Promise.all(range(5).map(() => issuers[provider].mint({ subject, email })));
      const phones = minted.map(() => stack.phone());
      const answers = await Promise.all(
        minted.map((one, index) => signInBy(phones[index] ?? stack.phone(), provider, one)),
      );
      expect(answers.map(({ status }) => status)).toEqual(range(5).map(() => 200));
      expect(new Set(phones.map(({ session }) => session.user.id)).size).toBe(1);
    });

    const past = (seconds: number) => ({ iat: nowSeconds() - seconds, exp: nowSeconds() + 600 });
    it.each<[string, MintOptions, string]>([
      ['for another app', { claims: { aud: 'com.example.other' } }, 'the claim aud'],
      ['for a list of apps', { claims: { aud: ['com.loopin.app', 'other'] } }, ''],
      ['of another issuer', { claims: { iss: 'https://evil.example.com' } }, 'the claim iss'],
      ['that has expired', { claims: { exp: nowSeconds() - 120 } }, 'expired'],
      ['that is an hour old', { claims: past(3_600) }, 'too old'],
      ['of the future', { claims: { iat: nowSeconds() + 600, exp: nowSeconds() + 900 } }, 'iat'],
      ['without an expiry', { claims: { exp: null } }, 'exp'],
      ['without a time', { claims: { iat: null } }, 'iat'],
      ['without a subject', { claims: { sub: null } }, 'sub'],
      ['without a nonce', { claims: { nonce: null } }, 'nonce'],
      ['with another nonce', { claims: { nonce: 'f'.repeat(64) } }, 'nonce'],
    ])('refuses a token %s', async (_, options, detail) => {
      const answer = await signInBy(stack.phone(), provider, await issuers[provider].mint(options));
      expect([answer.status, codeOf(answer)]).toEqual([401, 'invalid_id_token']);
      expect(detailOf(answer)).toContain(detail);
    });

    it('refuses tokens that its key did not sign', async () => {
      const { idToken, nonce } = await issuers[provider].mint();
      const [header = '', payload = '', signature = ''] = idToken.split('.');
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
      const jwks = await fetch(
        `${issuers[provider].url}/${provider === 'apple' ? 'auth/keys' : 'oauth2/v3/certs'}`,
      );
      const publicKey = JSON.stringify(((await jwks.json()) as { keys: unknown[] }).keys[0]);
      const hs256 = `${encode({ alg: 'HS256', kid })}.${payload}`;
      const mac = createHmac('sha256', publicKey).update(hs256).digest('base64url');
      const changed = encode({ ...decodeJwt(idToken), email: 'victim@gmail.com' });
      const tokens = [
        `${encode({ alg: 'none', kid })}.${payload}.`,
        `${hs256}.${mac}`,
        `${encode({ alg: 'RS256' })}.${payload}.${signature}`,
        `${encode({ alg: 'RS256', kid: 'other' })}.${payload}.${signature}`,
        `${encode({ alg: 'PS256', kid })}.${payload}.${signature}`,
        `${header}.${changed}.${signature}`,
        `${header}.${payload}.${signature.slice(0, 100)}`,
        `${header}.${payload}`,
        'x',
        phoneToken(),
      ];
      for (const token of tokens) {
        const answer = await signInBy(stack.phone(), provider, { idToken: token, nonce });
        expect([token, answer.status, codeOf(answer)]).toEqual([token, 401, 'invalid_id_token']);
      }
      // what was right all along still is
      expect((await signInBy(stack.phone(), provider, { idToken, nonce })).status).toBe(200);
    });

    /** Of three parts, and nothing else. */
    const phoneToken = () => `${encode({ alg: 'RS256', kid: 'x' })}.${encode({ sub: 'x' })}.AAAA`;

    it('takes no token of the other one', async () => {
      const other = issuers[provider === 'apple' ? 'google' : 'apple'];
      const { authorizationCode: _, ...minted } = await other.mint();
      expect(codeOf(await signInBy(stack.phone(), provider, minted))).toBe('invalid_id_token');
    });

    it.each<[string, Record<string, unknown>, number, string]>([
      ['an address that is not verified', { email_verified: false }, 403, 'email_unverified'],
      ['one that is said not to be', { email_verified: 'false' }, 403, 'email_unverified'],
      ['one that nobody says is', { email_verified: null }, 403, 'email_unverified'],
      ['no address', { email: null }, 422, 'email_missing'],
      ['something else as address', { email: 'not an address' }, 422, 'email_missing'],
    ])('opens no account for %s', async (_, claims, status, code) => {
      const answer = await signInBy(stack.phone(), provider, await issuers[provider].mint({ claims }));
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });

    it('asks for a whole request', async () => {
      const { idToken, nonce } = await issuers[provider].mint();
      const device = stack.phone().device;
      for (const body of [
        { idToken, device },
        { idToken, nonce },
        { nonce, device },
        { idToken, nonce: 'short', device },
        { idToken: 'x'.repeat(8_193), nonce, device },
        { idToken, nonce, device, more: 1 },
      ]) {
        expect((await stack.api.post(`/v1/auth/oidc/${provider}`, body)).status).toBe(422);
      }
    });
  });

  it('takes the nonce of Google as it is or hashed, of Apple hashed only', async () => {
    const nonce = randomUUID();
    const hashed = createHash('sha256').update(nonce).digest('hex');
    const byNonce = async (issuer: Issuer, inToken: string, given: string) => {
      const { idToken } = await issuer.mint({ claims: { nonce: inToken } });
      return (await signInBy(stack.phone(), issuer.provider, { idToken, nonce: given })).status;
    };
    expect(await byNonce(issuers.google, nonce, nonce)).toBe(200);
    expect(await byNonce(issuers.google, hashed, nonce)).toBe(200);
    expect(await byNonce(issuers.google, hashed.toUpperCase(), nonce)).toBe(200);
    expect(await byNonce(issuers.apple, nonce, nonce)).toBe(401);
    // who found a token finds the digest in it, which is not what it is the digest of
    expect(await byNonce(issuers.google, hashed, hashed)).toBe(401);
    expect(await byNonce(issuers.apple, hashed, hashed)).toBe(401);
  });

  it('takes the issuer of Google without its scheme too, and every one of our apps', async () => {
    const iss = issuers.google.url.replace('http://', '');
    await joinBy(stack.phone(), issuers.google, { claims: { iss } });
    await joinBy(stack.phone(), issuers.apple, { clientId: 'com.loopin.web' });
  });

  it('gives an account without a password its first one by reset', async () => {
    const phone = stack.phone();
    await joinBy(phone, issuers.google);
    expect(codeOf(await phone.login())).toBe('invalid_credentials');
    await stack.mailbox.waitForMails(phone.email, 1);
    await forgotPassword(phone);
    phone.password = goodPassword();
    const code = await stack.mailbox.codeFor(phone.email, 2);
    expectStatus(await resetPassword(phone, code, phone.password), 204);
    expect((await phone.login()).status).toBe(200);
  });

  it('is not there where no app is registered', async () => {
    const env = { APPLE_CLIENT_IDS: '', GOOGLE_CLIENT_IDS: '' };
    const { url } = await stack.startProcess('web', await findFreePort(), env);
    const body = JSON.stringify({ idToken: 'x', nonce: randomUUID(), device: stack.phone().device });
    const headers = { 'content-type': 'application/json' };
    for (const provider of ['apple', 'google']) {
      const answer = await fetch(`${url}/v1/auth/oidc/${provider}`, { method: 'POST', headers, body });
      expect(answer.status).toBe(404);
    }
  });
});
