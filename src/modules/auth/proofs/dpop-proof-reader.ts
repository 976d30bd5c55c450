import { createHash, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, compactVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { PublicJwk, toKeyObject } from '../../../shared/public-jwk';
import { InvalidDpopProof } from './proof.errors';

/** A proof has some 600 characters. */
const MAX_PROOF_LENGTH = 4_096;
const COMPACT = /^([\w-]+)\.([\w-]+)\.[\w-]+$/;
const KNOWN_HEADERS = 2_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 9449, section 4.2. The key is in the header and nowhere else; its members are those of a public key only. */
const Header = z
  .looseObject({
    typ: z.literal('dpop+jwt'),
    alg: z.enum(['ES256', 'EdDSA', 'Ed25519']),
    jwk: PublicJwk,
    jku: z.never().optional(),
    x5u: z.never().optional(),
    x5c: z.never().optional(),
    crit: z.never().optional(),
  })
  .refine(({ alg, jwk }) => (alg === 'ES256') === (jwk.kty === 'EC'), 'alg and key do not belong together');

const Claims = z.looseObject({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string().optional(),
  nonce: z.string().optional(),
});
export type DpopClaims = z.infer<typeof Claims>;

export interface DpopProof {
  /** RFC 7638 thumbprint of the key that signed it. */
  readonly jkt: string;
  readonly claims: DpopClaims;
}

interface ProofKey {
  readonly jkt: string;
  readonly alg: string;
  readonly key: KeyObject;
}

/** Reads DPoP proofs and checks that the key in them signed them; what they are for is not looked at. */
@Injectable()
export class DpopProofReader {
  /** A phone sends the same header with every proof: its key is read and imported once. */
  private readonly keys = new LRUCache<string, ProofKey>({ max: KNOWN_HEADERS });

  /** @throws InvalidDpopProof */
  async read(proof: string): Promise<DpopProof> {
    const [, header, payload] = proof.length > MAX_PROOF_LENGTH ? [] : (COMPACT.exec(proof) ?? []);
    if (header === undefined || payload === undefined) throw new InvalidDpopProof('it is no compact JWS');
    const known = this.keys.get(header);
    const found = known ?? (await importedKey(header));
    if (!(await isSignedBy(proof, found))) throw new InvalidDpopProof('its signature is wrong');
    if (known === undefined) this.keys.set(header, found);
    const claims = Claims.safeParse(jsonOf(payload));
    if (!claims.success) throw new InvalidDpopProof('its claims are not those of a proof');
    return { jkt: found.jkt, claims: claims.data };
  }
}

async function importedKey(header: string): Promise<ProofKey> {
  const parsed = Header.safeParse(jsonOf(header));
  if (!parsed.success) throw new InvalidDpopProof('its header is not that of a proof');
  const { alg, jwk } = parsed.data;
  return { jkt: await calculateJwkThumbprint(jwk), alg, key: toKeyObject(jwk) };
}

async function isSignedBy(proof: string, { alg, key }: ProofKey): Promise<boolean> {
  try {
    await compactVerify(proof, key, { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

function jsonOf(encoded: string): unknown {
  try {
    return JSON.parse(utf8.decode(Buffer.from(encoded, 'base64url')));
  } catch {
    return undefined;
  }
}

/** `ath`: RFC 9449, section 4.2. */
export const accessTokenHash = (token: string): string =>
  createHash('sha256').update(token).digest('base64url');
