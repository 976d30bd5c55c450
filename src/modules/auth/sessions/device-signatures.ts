import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { CredentialedRequest } from '../../../platform/http/authenticator';
import { Unauthenticated } from '../../../shared/domain-error';
import type { PublicJwk } from '../../../shared/public-jwk';
import { SignatureInvalid, SignatureRequired } from '../proofs/proof.errors';
import { RequestSignatures } from '../proofs/request-signatures';
import type { VerifiedToken } from './access-tokens';
import { SessionLiveness } from './session-liveness';

/** Requests of a device that has registered a key to sign them with. */
@Injectable()
export class DeviceSignatures {
  constructor(
    private readonly signatures: RequestSignatures,
    private readonly sessions: SessionLiveness,
  ) {}

  /**
   * What is known of the key may be some seconds old: before a refusal the database is asked.
   * @throws SignatureRequired, SignatureInvalid, UseSignatureNonce
   * @throws Unauthenticated when the session has ended meanwhile
   */
  async assertSigned(request: CredentialedRequest, token: VerifiedToken, key: PublicJwk): Promise<void> {
    const { deviceId, sessionId } = token.principal;
    try {
      await this.signatures.assertSigned(request, { keyId: deviceId, key });
    } catch (error) {
      if (!(error instanceof SignatureRequired || error instanceof SignatureInvalid)) throw error;
      const standing = await this.sessions.standingNow(sessionId, token.rolesVersion);
      if (standing === 'ended') throw new Unauthenticated();
      if (standing === 'live') return;
      if (isDeepStrictEqual(standing, key)) throw error;
      await this.signatures.assertSigned(request, { keyId: deviceId, key: standing });
    }
  }
}
