import { importPKCS8, SignJWT } from 'jose';
import { Pool } from 'undici';
import { z } from 'zod';
import type { ServiceAccount } from '../../../config/service-account';
import type { ProviderTimings } from '../../../config/slices';
import { type ProviderAnswer, post } from './provider-http';
import type { ProviderPolicy } from './provider-policy';
import { ProviderUnavailable } from './push-provider';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** A new one is fetched beside the old one this long before its end. */
const EARLY_SECONDS = 300;
/** It has to last as long as a call. */
const LAST_SECONDS = 30;

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

interface Held {
  readonly token: string;
  /** By performance.now(). */
  readonly refreshFrom: number;
  readonly until: number;
}

/**
 * Google's access token for a service account (RFC 7523; developers.google.com/identity/protocols/oauth2/service-account):
 * kept, renewed early beside the old one, and fetched by one call however many ask.
 */
export class FcmAccessToken {
  private readonly pool: Pool;
  private readonly path: string;
  private held: Held | undefined;
  private flight: Promise<string> | undefined;

  constructor(
    private readonly account: ServiceAccount,
    private readonly policy: ProviderPolicy,
    private readonly timings: ProviderTimings,
    ca: string | undefined,
  ) {
    const { origin, pathname } = new URL(account.tokenUri);
    this.path = pathname;
    this.pool = new Pool(origin, {
      connections: 1,
      connect: { timeout: timings.connectTimeoutMs, ...(ca !== undefined && { ca }) },
    });
  }

  /** @throws ProviderUnavailable, never ambiguous: without a token nothing is sent */
  async get(): Promise<string> {
    const now = performance.now();
    if (this.held === undefined || this.held.until <= now) return this.fetchOnce();
    if (this.held.refreshFrom <= now) this.fetchOnce().catch(() => undefined);
    return this.held.token;
  }

  /** It was refused: whoever asks next gets another. */
  drop(token: string): void {
    if (this.held?.token === token) this.held = undefined;
  }

  close(): Promise<void> {
    return this.pool.destroy();
  }

  private fetchOnce(): Promise<string> {
    this.flight ??= this.fetch().finally(() => {
      this.flight = undefined;
    });
    return this.flight;
  }

  private async fetch(): Promise<string> {
    const form = new URLSearchParams({ grant_type: GRANT, assertion: await this.assertion() });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signal = AbortSignal.timeout(this.timings.timeoutMs);
    const answer = await post(this.pool, this.path, headers, form.toString(), signal).catch(
      (error: unknown) => {
        throw new ProviderUnavailable(error instanceof Error ? `token: ${error.message}` : 'token', {
          ambiguous: false,
        });
      },
    );
    return this.keep(answer);
  }

  private keep({ status, text, retryAfterSeconds }: ProviderAnswer): string {
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
      throw this.policy.lockedOut(`token: status ${status}`);
    }
    const answer = status === 200 ? Answer.safeParse(parse(text)).data : undefined;
    if (answer === undefined) {
      throw new ProviderUnavailable(`token: status ${status}`, { ambiguous: false, retryAfterSeconds });
    }
    const now = performance.now();
    const { access_token: token, expires_in: seconds } = answer;
    this.held = {
      token,
      refreshFrom: now + (seconds - EARLY_SECONDS) * 1_000,
      until: now + Math.max(1, seconds - LAST_SECONDS) * 1_000,
    };
    return token;
  }

  private async assertion(): Promise<string> {
    const { clientEmail, privateKey, keyId, tokenUri } = this.account;
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
      .setIssuer(clientEmail)
      .setAudience(tokenUri)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(await importPKCS8(privateKey, 'RS256'));
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
