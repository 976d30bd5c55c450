import { type KeyObject, verify } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import {
  type FieldOccurrence,
  isSignatureError,
  type RequestDescriptor,
  type VerifiedSignature,
  type Verifier,
  verifySignature,
} from 'http-message-sig';
import { webConfig } from '../../../config/slices';
import type { CredentialedRequest } from '../../../platform/http/authenticator';
import { sha256 } from '../../../shared/hash';
import { type PublicJwk, toKeyObject } from '../../../shared/public-jwk';
import { digestMatches } from './content-digest';
import { SignatureInvalid, SignatureRequired, UseSignatureNonce } from './proof.errors';
import { ProofFreshness } from './proof-freshness';

const MAX_FIELD_LENGTH = 2_048;
/** Visible ASCII; long enough to be unique by chance. */
const NONCE = /^[\x21-\x7e]{8,256}$/;
/** RFC 9421, section 3.3. */
const ALGORITHMS = { EC: 'ecdsa-p256-sha256', OKP: 'ed25519' } as const;

/** Whoever has to sign: `keyid` and the key that was registered under it. */
export interface RequestSigner {
  readonly keyId: string;
  readonly key: PublicJwk;
}

/** `alg` of a signature with this key. */
export const signatureAlgorithm = (key: PublicJwk): string => ALGORITHMS[key.kty];

/**
 * Signed requests: HTTP message signatures (RFC 9421) over method, target and body (RFC 9530), once each. The base is
 * built with what we know ourselves: the target is that of PUBLIC_URL, never of `Host`.
 */
@Injectable()
export class RequestSignatures {
  private readonly imported = new WeakMap<PublicJwk, KeyObject>();

  constructor(
    private readonly freshness: ProofFreshness,
    @Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>,
  ) {}

  /** @throws SignatureRequired, SignatureInvalid, UseSignatureNonce */
  async assertSigned(request: CredentialedRequest, signer: RequestSigner): Promise<void> {
    const { 'signature-input': input, signature } = request.headers;
    if (input === undefined || signature === undefined) throw new SignatureRequired();
    if (input.length > MAX_FIELD_LENGTH || signature.length > MAX_FIELD_LENGTH) {
      throw new SignatureInvalid('it is too long');
    }
    const verified = await this.verified(request, signer, String(input));
    assertBody(request);
    await this.assertFresh(verified, signer);
  }

  private async verified(
    request: CredentialedRequest,
    { keyId, key }: RequestSigner,
    input: string,
  ): Promise<VerifiedSignature> {
    const required = ['@method', '@target-uri', ...(hasBody(request) ? ['content-digest'] : [])];
    try {
      const verified = await verifySignature(this.describe(request, input), {
        policy: {
          algorithms: [signatureAlgorithm(key)],
          requiredComponents: required,
          requiredParameters: ['created', 'nonce', 'keyid', 'alg'],
          // our own rule follows: a wrong clock is no refusal but asks for a nonce
          clockSkew: Number.MAX_SAFE_INTEGER,
        },
        resolveVerifier: () => verifierOf(key, this.keyObjectOf(key)),
      });
      if (verified.parameters.keyid !== keyId) throw new SignatureInvalid('keyid is another key');
      return verified;
    } catch (error) {
      throw isSignatureError(error) ? new SignatureInvalid(error.message) : error;
    }
  }

  private keyObjectOf(key: PublicJwk): KeyObject {
    const known = this.imported.get(key);
    if (known !== undefined) return known;
    const imported = toKeyObject(key);
    this.imported.set(key, imported);
    return imported;
  }

  private describe({ method, url, headers }: CredentialedRequest, input: string): RequestDescriptor {
    // only what the signature names: a strange value elsewhere is none of its business
    const fields = Object.entries(headers).flatMap(([name, value]): FieldOccurrence[] =>
      typeof value === 'string' && (name.startsWith('signature') || input.includes(`"${name}"`))
        ? [{ name, value }]
        : [],
    );
    return { kind: 'request', method, targetUri: `${this.config.publicUrl}${url}`, fields };
  }

  private async assertFresh({ parameters }: VerifiedSignature, { keyId }: RequestSigner): Promise<void> {
    const { nonce = '', created, expires } = parameters;
    if (!NONCE.test(nonce) || created === undefined) {
      throw new SignatureInvalid('nonce has 8 to 256 visible characters');
    }
    const serverNonce = nonce.split('.', 1)[0] ?? '';
    const freshness = await this.freshness.judge({
      id: sha256('signature\n', keyId, '\n', nonce),
      madeAtSeconds: created,
      expiresAtSeconds: expires,
      nonce: this.freshness.isNonce(serverNonce) ? serverNonce : undefined,
    });
    if (freshness === 'used') throw new SignatureInvalid('its nonce was used before');
    if (freshness !== 'fresh') throw new UseSignatureNonce(freshness.useNonce);
  }
}

const hasBody = ({ rawBody }: CredentialedRequest): boolean => rawBody !== undefined && rawBody.length > 0;

function assertBody({ headers, rawBody = Buffer.alloc(0) }: CredentialedRequest): void {
  const field = headers['content-digest'];
  if (field === undefined && rawBody.length === 0) return;
  if (typeof field !== 'string' || !digestMatches(field, rawBody)) {
    throw new SignatureInvalid('Content-Digest is not that of the body');
  }
}

/** The library brings Ed25519 and RSA only; ES256 signs as two numbers of 32 bytes (RFC 9421, section 3.3.4). */
function verifierOf(key: PublicJwk, publicKey: KeyObject): Verifier {
  return {
    algorithm: signatureAlgorithm(key),
    verify: (data, signature) =>
      key.kty === 'EC'
        ? verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
        : verify(null, data, publicKey, signature),
  };
}
