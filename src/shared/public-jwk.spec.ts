import { generateKeyPairSync } from 'node:crypto';
import { PublicJwk } from './public-jwk';

describe('PublicJwk', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const [p256, ed25519] = [ec, ed].map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
  const refused = (jwk: unknown) => PublicJwk.safeParse(jwk).success === false;

  it('is a key for ES256 or Ed25519, without what libraries note beside it', () => {
    expect(PublicJwk.parse({ ...p256, kid: 'mine', use: 'sig', alg: 'ES256', ext: true })).toEqual(p256);
    expect(PublicJwk.parse(ed25519)).toEqual(ed25519);
  });

  it('is never a private key, nor one of another kind', () => {
    for (const { privateKey } of [ec, ed]) expect(refused(privateKey.export({ format: 'jwk' }))).toBe(true);
    const others = [
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-384' }),
      generateKeyPairSync('x25519'),
    ];
    for (const { publicKey } of others) expect(refused(publicKey.export({ format: 'jwk' }))).toBe(true);
    expect(refused({ kty: 'oct', k: 'c2VjcmV0' })).toBe(true);
  });

  it('is a point of its curve', () => {
    expect(refused({ ...p256, y: p256?.x })).toBe(true);
    expect(refused({ ...p256, x: `${p256?.x}A` })).toBe(true);
    expect(refused({ ...p256, x: undefined })).toBe(true);
  });
});
