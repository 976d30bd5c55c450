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

describe('sessions bound to a key (DPoP)', () => {
  let stack: TestStack;
  let phone: Phone;
  let key: DpopKey;
  let session: Session;
  /** A key whose proofs are made by hand. */
  let own: { readonly privateKey: DpopKey['pair']['privateKey']; readonly jwk: JWK };

  beforeAll(async () => {
    stack = await TestStack.shared();
    phone = await stack.phone().signUp();
    key = await DpopKey.generate(stack.local.url);
    session = await key.login(phone);
    own = { privateKey: key.pair.privateKey, jwk: await exportJWK(key.pair.publicKey) };
  });
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

  /** One that is taken; a slow Redis may have asked for a nonce. */
  const meWith = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
    key.challenged(async () => me(await handMade({ ...claims, nonce: key.nonce }, header)));

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
      const logout = async () =>
        phone.api.post(path, undefined, await other.headers(refreshed, 'POST', path));
      expectStatus(await other.challenged(logout), 204);
      expect((await other.get(phone, refreshed)).status).toBe(401);
    });
  });

  it('are opened by verifying an address as well', async () => {
    const fresh = stack.phone();
    expectStatus(await fresh.register(), 202);
    const body = { email: fresh.email, code: await stack.mailbox.codeFor(fresh.email), device: fresh.device };
    const path = '/v1/auth/verify-email';
    const answer = await key.challenged(async () =>
      stack.api.post(path, body, { dpop: await key.proof('POST', path, { nonce: key.nonce }) }),
    );
    expect(expectStatus(answer, 200).json<Session>().tokenType).toBe('DPoP');
  });

  it('take what a client may write differently', async () => {
    const { url } = stack.local;
    for (const htu of [`${url.toUpperCase()}/v1/me?x=1#y`, `${url}/v1/./m%65`]) {
      expectStatus(await meWith({ htu }), 200);
    }
    expectStatus(await meWith({}, { jwk: { ...own.jwk, use: 'sig', kid: 'mine' } }), 200);
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
      let proof = '';
      const first = await key.challenged(async () => {
        proof = await handMade({ nonce: key.nonce });
        return me(proof);
      });
      expectStatus(first, 200);
      const copy = await me(proof);
      expect(copy.status).toBe(401);

      let answers: Answer[] = [];
      await key.challenged(async () => {
        const another = await handMade({ nonce: key.nonce });
        answers = await Promise.all(range(10).map(() => me(another)));
        return answers.find((answer) => answer.headers.has('dpop-nonce')) ?? first;
      });
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
});
