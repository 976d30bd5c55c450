import { randomBytes } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { HttpError } from '../http.mts';
import type { FcmSandboxConfig, FcmSettings } from './config.mts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPES = [
  'https://www.googleapis.com/auth/firebase.messaging',
  'https://www.googleapis.com/auth/cloud-platform',
];
const LONGEST_ASSERTION_SECONDS = 3_600;
/** Phones' and servers' clocks differ a little. */
const TOLERANCE_SECONDS = 60;

/** Google's token endpoint for service accounts (RFC 7523, section 2.1; RFC 6749, section 5). */
export class AccessTokens {
  readonly #config: FcmSandboxConfig;
  readonly #settings: FcmSettings;
  readonly #live = new Map<string, number>();
  #minted = 0;

  constructor(config: FcmSandboxConfig, settings: FcmSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  get minted(): number {
    return this.#minted;
  }

  /**
   * `POST /token`, form-encoded.
   * @param audience the URL of this endpoint, as the client calls it
   * @throws HttpError 400 as RFC 6749 words it
   */
  async exchange(form: string, audience: string): Promise<unknown> {
    const parameters = new URLSearchParams(form);
    if (parameters.get('grant_type') !== GRANT) throw refusal('unsupported_grant_type', 'Invalid grant_type');
    await this.#check(parameters.get('assertion') ?? '', audience);
    const token = `ya29.${randomBytes(32).toString('base64url')}`;
    this.#live.set(token, Date.now() + this.#settings.tokenSeconds * 1_000);
    this.#minted += 1;
    return { access_token: token, expires_in: this.#settings.tokenSeconds, token_type: 'Bearer' };
  }

  isGood(authorization: string | undefined): boolean {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    return (this.#live.get(token) ?? 0) > Date.now();
  }

  /** Makes every token one of yesterday. */
  expire(): void {
    this.#live.clear();
  }

  clear(): void {
    this.expire();
    this.#minted = 0;
  }

  async #check(assertion: string, audience: string): Promise<void> {
    const claims = await this.#verified(assertion, audience);
    const { iat, exp, scope } = claims;
    if (iat === undefined || exp === undefined || exp - iat > LONGEST_ASSERTION_SECONDS) {
      throw refusal(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
      );
    }
    const scopes = typeof scope === 'string' ? scope.split(' ') : [];
    if (!scopes.some((one) => SCOPES.includes(one))) {
      throw refusal('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
    }
  }

  async #verified(assertion: string, audience: string) {
    try {
      const { payload } = await jwtVerify(assertion, this.#config.publicKey, {
        algorithms: ['RS256'],
        issuer: this.#config.clientEmail,
        audience,
        clockTolerance: TOLERANCE_SECONDS,
      });
      return payload;
    } catch (error) {
      const words =
        error instanceof errors.JWSSignatureVerificationFailed ? 'Invalid JWT Signature.' : 'Invalid JWT.';
      throw refusal('invalid_grant', words);
    }
  }
}

function refusal(error: string, description: string): HttpError {
  return new HttpError(400, { error, error_description: description });
}
