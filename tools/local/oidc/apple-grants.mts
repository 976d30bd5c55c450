import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import { HttpError } from '../http.mts';
import { APPLE_KEY_ID, APPLE_TEAM_ID } from '../names.mts';

const CODE_MS = 5 * 60_000;
/** Apple takes client secrets of up to six months. */
const LONGEST_SECRET_SECONDS = 15_777_000;

export interface RefreshToken {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly subject: string;
  revoked: boolean;
}

interface Code {
  readonly clientId: string;
  readonly subject: string;
  readonly goodUntilMs: number;
}

/** Apple's `/auth/token` and `/auth/revoke`: what they ask for and how they refuse. */
export class AppleGrants {
  readonly #codes = new Map<string, Code>();
  readonly #tokens = new Map<string, RefreshToken>();
  readonly #servers: KeyObject | undefined;

  /** @param privateKey of our servers, PKCS #8 in base64; without it every client secret is wrong */
  constructor(privateKey: string) {
    if (!privateKey) return;
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    this.#servers = createPublicKey(key);
  }

  newCode(clientId: string, subject: string): string {
    const code = `c${randomBytes(16).toString('hex')}.0.local`;
    this.#codes.set(code, { clientId, subject, goodUntilMs: Date.now() + CODE_MS });
    return code;
  }

  /** @throws HttpError as Apple answers: 400 with `invalid_client` or `invalid_grant` */
  async exchange(form: URLSearchParams, issuer: string): Promise<Record<string, unknown>> {
    const clientId = await this.#client(form, issuer);
    if (form.get('grant_type') !== 'authorization_code') throw refusal('unsupported_grant_type');
    const code = form.get('code') ?? '';
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (known === undefined || known.clientId !== clientId || known.goodUntilMs < Date.now()) {
      throw refusal('invalid_grant');
    }
    const refreshToken = `r${randomBytes(24).toString('hex')}`;
    this.#tokens.set(refreshToken, { refreshToken, clientId, subject: known.subject, revoked: false });
    const accessToken = `a${randomBytes(24).toString('hex')}`;
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: refreshToken,
    };
  }

  /** A token that nobody knows is no error (RFC 7009). */
  async revoke(form: URLSearchParams, issuer: string): Promise<void> {
    const clientId = await this.#client(form, issuer);
    const token = this.#tokens.get(form.get('token') ?? '');
    if (token?.clientId === clientId) token.revoked = true;
  }

  tokens(): RefreshToken[] {
    return [...this.#tokens.values()];
  }

  async #client(form: URLSearchParams, issuer: string): Promise<string> {
    const clientId = form.get('client_id') ?? '';
    if (this.#servers === undefined) throw refusal('invalid_client');
    const { payload, protectedHeader } = await jwtVerify(form.get('client_secret') ?? '', this.#servers, {
      algorithms: ['ES256'],
      issuer: APPLE_TEAM_ID,
      audience: issuer,
      subject: clientId,
      requiredClaims: ['iat', 'exp'],
    }).catch(() => {
      throw refusal('invalid_client');
    });
    const { iat = 0, exp = Number.POSITIVE_INFINITY } = payload;
    if (protectedHeader.kid !== APPLE_KEY_ID || exp - iat > LONGEST_SECRET_SECONDS) {
      throw refusal('invalid_client');
    }
    return clientId;
  }
}

const refusal = (error: string): HttpError => new HttpError(400, { error });
