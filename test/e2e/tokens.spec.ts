import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, verify } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { decodeProtectedHeader, exportJWK, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { expectStatus, type Problem } from '../support/api';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

describe('access tokens', () => {
  let stack: TestStack;
  let phone: Phone;
  let published: JWK;
  /** A key that is published beside the one in use, as after a rotation; and one that nobody knows. */
  const known = generateKeyPairSync('ed25519');
  const foreign = generateKeyPairSync('ed25519');
  const kid = 'key-of-the-test';

  beforeAll(async () => {
    stack = await TestStack.start();
    await publishKnownKey();
    phone = await stack.phone().signUp();
    const jwks = expectStatus(await stack.api.get('/.well-known/jwks.json'), 200).json<{ keys: JWK[] }>();
    const key = jwks.keys.find((one) => one.kid !== kid);
    if (key === undefined) throw new Error('no key was published');
    published = key;
  });
  afterAll(() => stack.stop());

  it('nothing private is published', () => {
    expect(Object.keys(published).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    expect(decodeProtectedHeader(phone.session.accessToken)).toEqual({
      alg: 'EdDSA',
      kid: published.kid,
      typ: 'at+jwt',
    });
  });

  describe('are good for whoever has nothing but the published key', () => {
    const parts = () => {
      const [head = '', body = '', signature = ''] = phone.session.accessToken.split('.');
      return { signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, 'base64url') };
    };
    const publicKey = () => createPublicKey({ key: { ...published }, format: 'jwk' });

    it('by node:crypto', () => {
      const { signed, signature } = parts();
      expect(verify(null, signed, publicKey(), signature)).toBe(true);
      expect(verify(null, Buffer.concat([signed, signed]), publicKey(), signature)).toBe(false);
    });

    it('by fast-jwt, which finds the claims of an access token', () => {
      const check = createVerifier({
        key: publicKey().export({ type: 'spki', format: 'pem' }),
        algorithms: ['EdDSA'],
        allowedIss: stack.local.env.PUBLIC_URL ?? '',
        allowedAud: 'loopin-api',
      });
      const claims = check(phone.session.accessToken);
      expect(claims).toMatchObject({
        sub: phone.session.user.id,
        sid: phone.session.sessionId,
        did: phone.deviceId,
        roles: ['user'],
      });
      expect(claims.exp - claims.iat).toBe(900);
      expect(() => check(`${phone.session.accessToken.slice(0, -4)}AAAA`)).toThrow('signature');
    });
  });

  it('the real one is good, a bit of it changed is not', async () => {
    expect(await statusFor(phone.session.accessToken)).toBe(200);
    const [head, body, signature = ''] = phone.session.accessToken.split('.');
    const flipped = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    expect(await statusFor([head, body, flipped].join('.'))).toBe(401);
  });

  it('alg none', async () => {
    const claims = payload();
    const unsecured = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('10m').encode();
    expect(await statusFor(unsecured)).toBe(401);
    const header = { alg: 'none', typ: 'at+jwt', kid: published.kid };
    const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    expect(await statusFor(`${parts.join('.')}.`)).toBe(401);
  });

  it('HS256 with the public key as the secret', async () => {
    const spki = createPublicKey({ key: { ...published }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const secret of [Buffer.from(spki), Buffer.from(published.x ?? '', 'base64url')]) {
      const token = await new SignJWT(payload())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: published.kid ?? '' })
        .sign(new Uint8Array(secret));
      expect(await statusFor(token)).toBe(401);
    }
  });

  it('a key of somebody else, under our kid, its own, or carried along', async () => {
    const jwk = await exportJWK(foreign.publicKey);
    const jku = `${stack.local.url}/docs`;
    const headers = [{}, { jwk }, { jku }, { x5u: jku }].flatMap((carried) => [
      carried,
      { ...carried, kid: randomUUID() },
      { ...carried, kid: published.kid ?? '' },
    ]);
    for (const header of headers) {
      const token = await signed(payload(), header, foreign.privateKey);
      expect([header, await statusFor(token)]).toEqual([header, 401]);
    }
  });

  it('cut off anywhere up to 8 kB; more than that is no request any more', async () => {
    const whole = await signed(payload(), { kid });
    for (let length = 0; length < whole.length; length += 97)
      expect([length, await statusFor(whole.slice(0, length))]).toEqual([length, 401]);
    const long = await signed({ ...payload(), padding: 'x'.repeat(12_000) }, { kid });
    for (let length = 512; length <= 8_192; length += 512)
      expect([length, await statusFor(long.slice(0, length))]).toEqual([length, 401]);
    expect(await statusFor(long)).toBe(431);
  });

  describe('signed by our own key', () => {
    it.each([
      ['as it should be', {}, 200],
      ['for another audience', { aud: 'somebody-else' }, 401],
      ['by another issuer', { iss: 'https://elsewhere.example' }, 401],
      ['expired', { exp: Math.floor(Date.now() / 1000) - 1 }, 401],
      ['without an end', { exp: undefined }, 401],
      ['not good yet', { nbf: Math.floor(Date.now() / 1000) + 3_600 }, 401],
      ['for nobody', { sub: undefined }, 401],
      ['for a session that never was', { sid: randomUUID() }, 401],
      ['with a role that does not exist', { roles: ['root'] }, 401],
    ])('%s: %#', async (_, changes, status) => {
      expect(await statusFor(await signed({ ...payload(), ...changes }, { kid }))).toBe(status);
    });

    it('under the name of another key', async () => {
      expect(await statusFor(await signed(payload(), { kid: published.kid }))).toBe(401);
    });

    it('as a token of another type', async () => {
      expect(await statusFor(await signed(payload(), { kid, typ: 'JWT' }))).toBe(401);
    });
  });

  async function publishKnownKey(): Promise<void> {
    const jwk = { ...(await exportJWK(known.publicKey)), kid, alg: 'EdDSA', use: 'sig' };
    await stack.sql(
      `insert into loopin.signing_keys (kid, state, public_jwk, private_key_sealed, created_at, state_changed_at)
       values ($1, 'previously_used', $2, '', now(), now())`,
      [kid, JSON.stringify(jwk)],
    );
  }

  function payload(): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: stack.local.env.PUBLIC_URL ?? '',
      aud: 'loopin-api',
      sub: phone.session.user.id,
      sid: phone.session.sessionId,
      did: phone.deviceId,
      roles: ['user'],
      aal: 'aal1',
      amr: ['pwd'],
      iat: now,
      exp: now + 600,
      jti: randomUUID(),
    };
  }

  function signed(
    claims: Record<string, unknown>,
    header: Record<string, unknown>,
    key: KeyObject = known.privateKey,
  ) {
    return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header }).sign(key);
  }

  async function statusFor(token: string): Promise<number> {
    const answer = await stack.api.get('/v1/me', { authorization: `Bearer ${token}` });
    if (answer.status === 401) expect(answer.json<Problem>().code).toBe('unauthenticated');
    return answer.status;
  }
});
