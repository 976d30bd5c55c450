import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const coordinate = z.string().regex(/^[\w-]{43}$/, 'is not 32 bytes of base64url');
/** What libraries add to a key (RFC 7517, section 4). Any other member is refused: it may be a private one. */
const notes = {
  kid: z.string().max(256).optional(),
  use: z.literal('sig').optional(),
  alg: z.string().max(32).optional(),
  key_ops: z.array(z.string().max(32)).max(8).optional(),
  ext: z.boolean().optional(),
};

/**
 * A public key that phones and servers prove themselves by: P-256 (ES256) or Ed25519 (EdDSA), RFC 7517 and RFC 8037.
 * Only what makes the key is kept.
 */
export const PublicJwk = z
  .discriminatedUnion('kty', [
    z.strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: coordinate,
      y: coordinate,
      ...notes,
    }),
    z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate, ...notes }),
  ])
  .transform((jwk) =>
    jwk.kty === 'EC'
      ? { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }
      : { kty: jwk.kty, crv: jwk.crv, x: jwk.x },
  )
  .refine(isKey, 'is not a point of its curve');
export type PublicJwk = z.infer<typeof PublicJwk>;

/** @throws Error for coordinates that are no point of the curve */
export const toKeyObject = (jwk: JsonWebKey): KeyObject =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' });

function isKey(jwk: JsonWebKey): boolean {
  try {
    return toKeyObject(jwk).type === 'public';
  } catch {
    return false;
  }
}
