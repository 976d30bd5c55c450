import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { webConfig } from '../../../config/slices';
import type { CredentialedRequest } from '../../../platform/http/authenticator';
import { sha256 } from '../../../shared/hash';
import { accessTokenHash, type DpopProof, DpopProofReader } from './dpop-proof-reader';
import { normalisedTarget } from './http-target';
import { InvalidDpopProof, type ProofPlace, UseDpopNonce } from './proof.errors';
import { ProofFreshness } from './proof-freshness';

/** DPoP (RFC 9449): that whoever sends a request holds a key, proved anew for every request. */
@Injectable()
export class DpopProofs {
  constructor(
    private readonly reader: DpopProofReader,
    private readonly freshness: ProofFreshness,
    @Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>,
  ) {}

  /**
   * For a sign-in or a refresh: the thumbprint of the key that the request proves, or undefined without a proof.
   * @throws InvalidDpopProof, UseDpopNonce
   */
  async keyOf(request: CredentialedRequest, place: ProofPlace): Promise<string | undefined> {
    if (request.headers.dpop === undefined) return undefined;
    try {
      const proof = await this.read(request);
      await this.assertFresh(proof, place);
      return proof.jkt;
    } catch (error) {
      throw error instanceof InvalidDpopProof ? new InvalidDpopProof(error.message, place) : error;
    }
  }

  /**
   * For an access token that is bound to a key.
   * @throws InvalidDpopProof, UseDpopNonce
   */
  async assertProves(request: CredentialedRequest, token: string, jkt: string): Promise<void> {
    const proof = await this.read(request);
    if (proof.claims.ath !== accessTokenHash(token)) throw new InvalidDpopProof('ath is another token');
    if (proof.jkt !== jkt) throw new InvalidDpopProof('the token is bound to another key');
    await this.assertFresh(proof, 'elsewhere');
  }

  private async read({ method, url, headers }: CredentialedRequest): Promise<DpopProof> {
    // several headers arrive joined by a comma, which no proof contains
    if (typeof headers.dpop !== 'string') throw new InvalidDpopProof('there is no DPoP header');
    const proof = await this.reader.read(headers.dpop);
    const { htm, htu } = proof.claims;
    if (htm !== method) throw new InvalidDpopProof('htm is another method');
    const target = normalisedTarget(`${this.config.publicUrl}${url}`);
    if (target === undefined || normalisedTarget(htu) !== target) {
      throw new InvalidDpopProof('htu is another URL');
    }
    return proof;
  }

  private async assertFresh({ jkt, claims }: DpopProof, place: ProofPlace): Promise<void> {
    const { jti, iat, nonce } = claims;
    const freshness = await this.freshness.judge({
      id: sha256('dpop\n', jkt, '\n', jti),
      madeAtSeconds: iat,
      nonce,
    });
    if (freshness === 'used') throw new InvalidDpopProof('it was used before', place);
    if (freshness !== 'fresh') throw new UseDpopNonce(freshness.useNonce, place);
  }
}
