import { Injectable } from '@nestjs/common';
import {
  Authenticator,
  type CredentialedRequest,
  type SessionCheck,
} from '../../../platform/http/authenticator';
import type { Principal } from '../../../platform/http/principal';
import { Unauthenticated } from '../../../shared/domain-error';
import { ApiKeyCredentials } from '../api-keys/api-key-credentials';
import { DpopProofs } from '../proofs/dpop-proofs';
import { dpopChallenge } from '../proofs/proof.errors';
import { AccessTokens, type VerifiedToken } from './access-tokens';
import { DeviceSignatures } from './device-signatures';
import { SessionLiveness } from './session-liveness';

const BEARER = /^Bearer ([\w.~+/=-]+)$/i;
const DPOP = /^DPoP ([\w.~+/=-]+)$/i;

/**
 * `Authorization: Bearer` for people, or `DPoP` where their session is bound to a key; `X-API-Key` for servers. Both
 * at once is neither.
 */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionLiveness,
    private readonly apiKeys: ApiKeyCredentials,
    private readonly proofs: DpopProofs,
    private readonly signatures: DeviceSignatures,
  ) {
    super();
  }

  async authenticate(request: CredentialedRequest, check: SessionCheck): Promise<Principal | undefined> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (authorization !== undefined && apiKey !== undefined)
      throw new Unauthenticated({ detail: 'Send Authorization or X-API-Key, not both' });
    if (typeof apiKey === 'string') return this.apiKeys.authenticate(apiKey, request);
    if (authorization === undefined) return undefined;
    const bearer = BEARER.exec(authorization)?.[1];
    const token =
      bearer === undefined ? await this.proved(request, authorization) : await this.tokens.verify(bearer);
    if (bearer !== undefined && token.jkt !== undefined) throw notThisWay();
    const { principal, rolesVersion } = token;
    const standing =
      check === 'now'
        ? await this.sessions.standingNow(principal.sessionId, rolesVersion)
        : await this.sessions.standing(principal.sessionId, rolesVersion);
    if (standing === 'ended') throw token.jkt === undefined ? new Unauthenticated() : notThisWay();
    if (standing !== 'live') await this.signatures.assertSigned(request, token, standing);
    return principal;
  }

  /** A token that is bound to a key, with a proof of that key: anything less is as bad as no token. */
  private async proved(request: CredentialedRequest, authorization: string): Promise<VerifiedToken> {
    const presented = DPOP.exec(authorization)?.[1];
    if (presented === undefined)
      throw new Unauthenticated({ detail: 'Authorization takes Bearer, or DPoP, and an access token' });
    const token = await this.tokens.verify(presented).catch((error: unknown) => {
      throw error instanceof Unauthenticated ? notThisWay() : error;
    });
    if (token.jkt === undefined) throw notThisWay();
    await this.proofs.assertProves(request, presented, token.jkt);
    return token;
  }
}

/** RFC 9449, section 7.1. */
const notThisWay = (): Unauthenticated => new Unauthenticated({ headers: dpopChallenge('invalid_token') });
