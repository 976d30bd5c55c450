import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Authenticator } from '../../platform/http/authenticator';
import type { Principal } from '../../platform/http/principal';
import { Unauthenticated } from '../../shared/domain-error';
import { AccessTokens } from './access-tokens';
import { ApiKeysService } from './api-keys.service';
import { SessionLiveness } from './session-liveness';

const BEARER = /^Bearer ([\w.~+/=-]+)$/i;

/** `Authorization: Bearer` for people, `X-API-Key` for servers; both at once is neither. */
@Injectable()
export class CredentialAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly sessions: SessionLiveness,
    private readonly apiKeys: ApiKeysService,
  ) {
    super();
  }

  async authenticate(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const { authorization, 'x-api-key': apiKey } = headers;
    if (authorization !== undefined && apiKey !== undefined) throw new Unauthenticated();
    if (typeof apiKey === 'string') return this.apiKeys.authenticate(apiKey);
    if (authorization === undefined) return undefined;
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new Unauthenticated();
    const principal = await this.tokens.verify(token);
    if (!(await this.sessions.isLive(principal.sessionId))) throw new Unauthenticated();
    return principal;
  }
}
