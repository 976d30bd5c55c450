import { createHash, randomUUID } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { DpopKey } from '../support/dpop-key';
import type { Phone, Session } from '../support/phone';
import { rawHttp } from '../support/raw-http';
import { TestStack } from '../support/test-stack';

jest.setTimeout(120_000);

const MINUTE_MS = 60_000;

describe('sessions bound to a key (DPoP)', () => {
  let stack: TestStack;
  let phone: Phone;
  let key: DpopKey;
  let session: Session;
  /** A key whose proofs are made by hand. */
  let own: { readonly privateKey: DpopKey['pair']['privateKey']; readonly jwk: JWK };

  beforeAll(async () => {
    stack = await TestStack.start();
    phone = await stack.phone().signUp();
    key = await DpopKey.generate(stack.local.url);
    session = await key.login(phone);
    own = { privateKey: key.pair.privateKey, jwk: await exportJWK(key.pair.publicKey) };
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate');
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

  /** A proof for `GET /v1/me` with this session, changed at will. */
  function handMade(
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    signer = own,
  ) {
    const usual = {
      jti: randomUUID(),
      htm: 'GET',
      htu: `${stack.local.url}/v1/me`,
      iat: Math.floor(Date.now() / 1000),
      ath: hashOf(session.accessToken),
    };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({
        typ: 'dpop+jwt',
        alg: 'ES256',
        jwk: signer.jwk,
        ...header,
      } as JWTHeaderParameters)
      .sign(signer.privateKey);
  }

  const me = (proof: string | undefined, scheme = 'DPoP') =>
    phone.api.get('/v1/me', {
      authorization: `${scheme} ${session.accessToken}`,
      ...(proof !== undefined && { dpop: proof }),
    });

  describe.each(['ES256', 'Ed25519'] as const)('with a key for %s', (algorithm) => {
    it('say so, carry its thumbprint, and are used with a proof on every request', async () => {
      const other = await DpopKey.generate(stack.local.url, algorithm);
      const bound = await other.login(phone);
      expect(bound.tokenType).toBe('DPoP');
      const jkt = await calculateJwkThumbprint(await exportJWK(other.pair.publicKey));
      expect(decodeJwt(bound.accessToken).cnf).toEqual({ jkt });
      for (const _ of range(3)) expectStatus(await other.get(phone, bound), 200);
      const refreshed = expectStatus(await other.refresh(phone, bound.refreshToken), 200).json<Session>();
      expect(refreshed.tokenType).toBe('DPoP');
      expectStatus(await other.get(phone, refreshed), 200);
      const path = '/v1/auth/logout';
      const logout = await other.headers(refreshed, 'POST', path);
      expectStatus(await phone.api.post(path, undefined, logout), 204);
      expect((await other.get(phone, refreshed)).status).toBe(401);
    });
  });

  it('are opened by verifying an address as well', async () => {
    const fresh = stack.phone();
    expectStatus(await fresh.register(), 202);
    const body = { email: fresh.email, code: await stack.mailbox.codeFor(fresh.email), device: fresh.device };
    const headers = { dpop: await key.proof('POST', '/v1/auth/verify-email') };
    const answer = await stack.api.post('/v1/auth/verify-email', body, headers);
    expect(expectStatus(answer, 200).json<Session>().tokenType).toBe('DPoP');
  });

  it('take what a client may write differently', async () => {
    const { url } = stack.local;
    for (const htu of [`${url.toUpperCase()}/v1/me?x=1#y`, `${url}/v1/./m%65`]) {
      expectStatus(await me(await handMade({ htu })), 200);
    }
    expectStatus(await me(await handMade({}, { jwk: { ...own.jwk, use: 'sig', kid: 'mine' } })), 200);
  });

  describe('refuse a proof', () => {
    it.each([
      ['for another method', { htm: 'POST' }],
      ['for another path', { htu: 'http://127.0.0.1/v1/devices' }],
      ['for another token', { ath: hashOf('another') }],
      ['without the token', { ath: undefined }],
      ['without an id', { jti: undefined }],
      ['without a time', { iat: undefined }],
    ])('%s', async (_, claims) => {
      const answer = await me(await handMade(claims));
      expect(refusal(answer)).toEqual([401, 'invalid_dpop_proof']);
      expect(challenge(answer)).toBe('DPoP algs="ES256 EdDSA", error="invalid_dpop_proof"');
      expect(answer.headers.get('dpop-nonce')).toBeNull();
    });

    it.each([
      ['of another type', { typ: 'JWT' }],
      ['with a link to a key', { jku: 'https://evil.example.com/keys' }],
      ['with a certificate', { x5c: ['MII'] }],
    ])('%s', async (_, header) => {
      expect(refusal(await me(await handMade({}, header)))).toEqual([401, 'invalid_dpop_proof']);
    });

    it('that gives its private key away', async () => {
      const jwk = await exportJWK(own.privateKey);
      expect(refusal(await me(await handMade({}, { jwk })))).toEqual([401, 'invalid_dpop_proof']);
    });

    it('that is not signed, or with a secret, or by an algorithm that we don’t take', async () => {
      const payload = (await handMade()).split('.')[1];
      const header = { typ: 'dpop+jwt', alg: 'none', jwk: own.jwk };
      const none = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.`;
      const secret = await new SignJWT({ ...decodeJwt(await handMade()) })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'HS256', jwk: own.jwk })
        .sign(Buffer.from(own.jwk.x ?? '', 'base64url'));
      const rsa = await generateKeyPair('RS256');
      const jwk = await exportJWK(rsa.publicKey);
      const signer = { privateKey: rsa.privateKey, jwk };
      for (const proof of [none, secret, await handMade({}, { alg: 'RS256' }, signer)]) {
        expect(refusal(await me(proof))).toEqual([401, 'invalid_dpop_proof']);
      }
    });

    it('by another key, or changed after it was signed', async () => {
      const other = await DpopKey.generate(stack.local.url);
      expect(refusal(await other.get(phone, session))).toEqual([401, 'invalid_dpop_proof']);
      const [header, , signature] = (await handMade()).split('.');
      const payload = (await handMade()).split('.')[1];
      expect(refusal(await me([header, payload, signature].join('.')))).toEqual([401, 'invalid_dpop_proof']);
    });

    it('of 8 kB', async () => {
      expect(refusal(await me(await handMade({ filler: 'x'.repeat(6_000) })))).toEqual([
        401,
        'invalid_dpop_proof',
      ]);
    });

    it('that is one of two', async () => {
      const [one, other] = [await handMade(), await handMade()];
      const lines = ['GET /v1/me HTTP/1.1', 'Host: x', `Authorization: DPoP ${session.accessToken}`];
      const both = [...lines, `DPoP: ${one}`, `DPoP: ${other}`, '', ''].join('\r\n');
      const answer = await rawHttp(stack.local.ports.web, both);
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, 'invalid_dpop_proof']);
    });

    it('that was used before, one after the other and at once', async () => {
      const proof = await handMade();
      expectStatus(await me(proof), 200);
      expect(refusal(await me(proof))).toEqual([401, 'invalid_dpop_proof']);
      const again = await handMade();
      const answers = await Promise.all(range(10).map(() => me(again)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('for a host that only the request names', async () => {
      const htu = 'http://evil.example.com/v1/me';
      const head = ['GET /v1/me HTTP/1.1', 'Host: evil.example.com', 'X-Forwarded-Host: evil.example.com'];
      const lines = [
        ...head,
        `Authorization: DPoP ${session.accessToken}`,
        `DPoP: ${await handMade({ htu })}`,
      ];
      const answer = await rawHttp(stack.local.ports.web, [...lines, '', ''].join('\r\n'));
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, 'invalid_dpop_proof']);
    });
  });

  it('are refused without a proof, and as Bearer with or without one', async () => {
    expect(refusal(await me(undefined))).toEqual([401, 'invalid_dpop_proof']);
    for (const proof of [undefined, await handMade()]) {
      const answer = await me(proof, 'Bearer');
      expect(refusal(answer)).toEqual([401, 'unauthenticated']);
      expect(challenge(answer)).toBe('DPoP algs="ES256 EdDSA", error="invalid_token"');
    }
  });

  it('don’t make others of a session that is not bound', async () => {
    const answer = await key.get(phone, phone.session);
    expect(refusal(answer)).toEqual([401, 'unauthenticated']);
    expect(challenge(answer)).toContain('error="invalid_token"');
    expect((await phone.me()).status).toBe(200);
  });

  describe('on a phone whose clock is wrong', () => {
    it('work with the nonce of the server, which is good for every request of five minutes', async () => {
      stack.moveClock(10 * MINUTE_MS);
      const asked = await me(await handMade());
      expect(refusal(asked)).toEqual([401, 'use_dpop_nonce']);
      expect(challenge(asked)).toContain('error="use_dpop_nonce"');
      const nonce = asked.headers.get('dpop-nonce') ?? '';
      for (const iat of [0, 4_000_000_000]) expectStatus(await me(await handMade({ iat, nonce })), 200);
      const proof = await handMade({ nonce });
      expectStatus(await me(proof), 200);
      expect(refusal(await me(proof))).toEqual([401, 'invalid_dpop_proof']);
      stack.moveClock(14.9 * MINUTE_MS);
      expectStatus(await me(await handMade({ nonce })), 200);
      stack.moveClock(15 * MINUTE_MS + 5_000);
      // the access token is over as well: the challenge comes with the refresh
      const late = await key.refresh(phone, session.refreshToken, nonce);
      expect(refusal(late)).toEqual([400, 'use_dpop_nonce']);
    });

    it('are opened and refreshed the same way', async () => {
      stack.moveClock(-10 * MINUTE_MS);
      const { email, password, device } = phone;
      const body = { email, password, device };
      const path = '/v1/auth/login';
      const asked = await phone.api.post(path, body, { dpop: await key.proof('POST', path) });
      expect(refusal(asked)).toEqual([401, 'use_dpop_nonce']);
      const nonce = asked.headers.get('dpop-nonce') ?? '';
      const dpop = await key.proof('POST', path, { nonce });
      const opened = expectStatus(await phone.api.post(path, body, { dpop }), 200).json<Session>();
      const refused = await key.refresh(phone, opened.refreshToken);
      expect(refusal(refused)).toEqual([400, 'use_dpop_nonce']);
      expectStatus(
        await key.refresh(phone, opened.refreshToken, refused.headers.get('dpop-nonce') ?? ''),
        200,
      );
    });

    it('get no help from a nonce that nobody gave', async () => {
      const made = 'A'.repeat(31);
      expect(refusal(await me(await handMade({ nonce: made })))).toEqual([401, 'use_dpop_nonce']);
    });
  });
});
