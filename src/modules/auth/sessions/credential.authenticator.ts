import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Authenticator, type SessionCheck } from '../../../platform/http/authenticator';
import type { Principal } from '../../../platform/http/principal';
import { Unauthenticated } from '../../../shared/domain-error';
import { ApiKeyCredentials } from '../api-keys/api-key-credentials';
import { AccessTokens } from './access-tokens';
import { SessionLiveness } from './session-liveness';

const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

/** `Authorization: Bearer` for people, `X-API-Key` for servers; both at once is neither. */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionLiveness,
    private readonly apiKeys: ApiKeyCredentials,
  ) {
    super();
  }

  async authenticate(headers: IncomingHttpHeaders, check: SessionCheck): Promise<Principal | undefined> {
    const { authorization, 'x-api-key': apiKey } = headers;
    if (authorization !== undefined && apiKey !== undefined) throw new Unauthenticated();
    if (typeof apiKey === 'string') return this.apiKeys.authenticate(apiKey);
    if (authorization === undefined) return undefined;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new Unauthenticated();
    const { principal, rolesVersion } = await this.tokens.verify(token);
    const live =
      check === 'now'
        ? await this.sessions.isLiveNow(principal.sessionId, rolesVersion)
        : await this.sessions.isLive(principal.sessionId, rolesVersion);
    if (!live) throw new Unauthenticated();
    return principal;
  }
}
