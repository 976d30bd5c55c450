import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleType,
  retry,
  wrap,
} from 'cockatiel';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { appleConfig } from '../../../config/slices';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { type HttpAnswer, HttpClient } from '../../../platform/outbound/http-client';
import { watchBreaker } from '../../../platform/telemetry/breaker-gauge';
import { observeProviderCall } from '../../../platform/telemetry/provider-calls';
import { Clock, MINUTE } from '../../../shared/clock';
import { type CodeOutcome, ProviderTokens, ProviderTokensUnavailable } from './provider-tokens';

const ISSUER = 'https://appleid.apple.com';
const HTTP = { timeoutMs: 5_000, maxBytes: 64 * 1024 };
const TRIES = 3;
const BACK_OFF_MS = { initialDelay: 200, maxDelay: 2_000 };
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;
const SECRET_SECONDS = 5 * MINUTE;

const Granted = z.object({ refresh_token: z.string().min(1) });
/** RFC 6749, section 5.2: a word of a list, so it may be logged. */
const Refused = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
  ]),
});

/** Apple's token endpoints (developer.apple.com/documentation/signinwithapplerestapi): `/auth/token`, `/auth/revoke`. */
@Injectable()
export class AppleProviderTokens extends ProviderTokens {
  private readonly logger = new Logger(AppleProviderTokens.name);
  private readonly http = new HttpClient(HTTP);
  private readonly issuer: string;
  private readonly unavailable = handleType(ProviderTokensUnavailable);
  private readonly breaker = circuitBreaker(this.unavailable, {
    halfOpenAfter: OPEN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  private readonly policy = wrap(
    retry(this.unavailable, { maxAttempts: TRIES - 1, backoff: new ExponentialBackoff(BACK_OFF_MS) }),
    this.breaker,
  );

  constructor(
    @Inject(appleConfig.KEY) private readonly config: ConfigType<typeof appleConfig>,
    private readonly clock: Clock,
    shutdown: Shutdown,
  ) {
    super();
    this.issuer = config.issuerUrl ?? ISSUER;
    watchBreaker('apple', this.breaker);
    shutdown.onClose(() => this.http.destroy());
  }

  async exchange(code: string, clientId: string): Promise<CodeOutcome> {
    const secret = await this.clientSecret(clientId);
    if (secret === undefined) return { outcome: 'refused', reason: 'not_configured' };
    const form = { client_id: clientId, client_secret: secret, code, grant_type: 'authorization_code' };
    const { status, text } = await this.post('token', form);
    const granted = status === 200 ? read(Granted, text) : undefined;
    if (granted !== undefined) return { outcome: 'exchanged', refreshToken: granted.refresh_token };
    return { outcome: 'refused', reason: reasonOf({ status, text }) };
  }

  async revoke(refreshToken: string, clientId: string): Promise<void> {
    const secret = await this.clientSecret(clientId);
    // an operator mends this, and whoever asked comes again
    if (secret === undefined) throw new ProviderTokensUnavailable('not_configured');
    const form = { client_id: clientId, client_secret: secret, token: refreshToken };
    const answer = await this.post('revoke', { ...form, token_type_hint: 'refresh_token' });
    if (answer.status === 200) return;
    const reason = reasonOf(answer);
    if (reason === 'invalid_client') throw new ProviderTokensUnavailable(reason);
    this.logger.warn({ provider: 'apple', reason }, 'a token that was to be revoked is not known any more');
  }

  /** developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret */
  private async clientSecret(clientId: string): Promise<string | undefined> {
    const { teamId, keyId, privateKey } = this.config;
    if (teamId === undefined || keyId === undefined || privateKey === undefined) return undefined;
    const now = Math.floor(this.clock.now().getTime() / 1000);
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(now)
      .setExpirationTime(now + SECRET_SECONDS)
      .setAudience(this.issuer)
      .setSubject(clientId)
      .sign(privateKey);
  }

  private async post(what: 'token' | 'revoke', form: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    try {
      return await this.policy.execute(() =>
        observeProviderCall('apple', () => this.call(what, new URLSearchParams(form).toString())),
      );
    } catch (error) {
      throw error instanceof BrokenCircuitError
        ? new ProviderTokensUnavailable('the circuit is open')
        : error;
    }
  }

  private async call(what: string, body: string): Promise<HttpAnswer> {
    const answer = await this.send(`${this.issuer}/auth/${what}`, body);
    this.logger.log({ provider: 'apple', providerStatus: answer.status }, 'provider answered');
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
      throw new ProviderTokensUnavailable(`status ${answer.status}`);
    }
    return answer;
  }

  private async send(url: string, body: string): Promise<HttpAnswer> {
    try {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return await this.http.send(url, { method: 'POST', headers, body });
    } catch (error) {
      throw new ProviderTokensUnavailable(error instanceof Error ? error.name : 'no answer');
    }
  }
}

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const reasonOf = ({ status, text }: HttpAnswer): string => read(Refused, text)?.error ?? `status_${status}`;
