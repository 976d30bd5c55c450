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
import { Pool } from 'undici';
import { z } from 'zod';
import { oneSignalConfig } from '../../../config/slices';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { currentContext } from '../../../shared/request-context';
import { oneSignalMessage } from './onesignal.message';
import { ProviderUnavailable, type PushBatch, type PushOutcome, PushProvider } from './push-provider';

const TIMEOUT_MS = 10_000;
const CONNECTIONS = 8;
const TRIES = 3;
const BACK_OFF_MS = { initialDelay: 200, maxDelay: 2_000 };
const FAILURES_TO_OPEN = 5;
const OPEN_MS = 10_000;
const LOCKED_OUT_SECONDS = 60;

/** The answer of `POST /notifications`: `errors` is a list of sentences, or an object of lists of ids. */
const Answer = z.object({
  id: z.string().optional(),
  errors: z
    .union([z.array(z.string()), z.object({ invalid_player_ids: z.array(z.string()).optional() })])
    .optional(),
});
type Answer = z.infer<typeof Answer>;

/**
 * OneSignal's REST API (documentation.onesignal.com/reference/create-message). A try that has no clear answer is
 * repeated with the same `idempotency_key`, which OneSignal honours for 30 days.
 */
@Injectable()
export class OneSignalPushProvider extends PushProvider {
  readonly name = 'onesignal';
  private readonly logger = new Logger(OneSignalPushProvider.name);
  private readonly pool: Pool;
  private readonly path: string;
  private readonly unavailable = handleType(ProviderUnavailable);
  /** A provider that says when to come back is not asked again before. */
  private readonly retryable = handleType(
    ProviderUnavailable,
    ({ retryAfterSeconds }) => retryAfterSeconds === undefined,
  );
  private readonly policy = wrap(
    retry(this.retryable, {
      maxAttempts: TRIES - 1,
      backoff: new ExponentialBackoff(BACK_OFF_MS),
    }),
    circuitBreaker(this.unavailable, {
      halfOpenAfter: OPEN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    }),
  );

  constructor(
    @Inject(oneSignalConfig.KEY) private readonly config: ConfigType<typeof oneSignalConfig>,
    shutdown: Shutdown,
  ) {
    super();
    const { origin, pathname } = new URL(config.url);
    this.path = `${pathname.replace(/\/$/, '')}/notifications?c=push`;
    this.pool = new Pool(origin, {
      connections: CONNECTIONS,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      connect: { timeout: 3_000 },
    });
    shutdown.onClose(() => this.pool.close());
  }

  async send(batch: PushBatch): Promise<PushOutcome> {
    try {
      return await this.policy.execute(() => this.call(batch));
    } catch (error) {
      throw error instanceof BrokenCircuitError ? new ProviderUnavailable('the circuit is open', 10) : error;
    }
  }

  private async call(batch: PushBatch): Promise<PushOutcome> {
    const { status, text, retryAfter } = await this.post(
      JSON.stringify(oneSignalMessage(this.config.appId, batch)),
    );
    this.logger.log(
      { provider: this.name, providerStatus: status, count: batch.targets.length },
      'provider answered',
    );
    if (status === 429) throw new ProviderUnavailable('rate limited', Number(retryAfter) || undefined);
    // the key or the app, not the message: mended by an operator, and nothing is lost until then
    if ([401, 403, 404].includes(status))
      throw new ProviderUnavailable(`status ${status}`, LOCKED_OUT_SECONDS);
    if (status >= 500 || status === 408) throw new ProviderUnavailable(`status ${status}`);
    const answer = readAnswer(text);
    if (status >= 400) return { outcome: 'refused', reason: `status_${status}` };
    if (answer === undefined) throw new ProviderUnavailable('the answer is not readable');
    return toOutcome(answer);
  }

  private async post(
    body: string,
  ): Promise<{ status: number; text: string; retryAfter: string | undefined }> {
    try {
      const response = await this.pool.request({
        method: 'POST',
        path: this.path,
        headers: {
          authorization: `Key ${this.config.apiKey}`,
          'content-type': 'application/json',
          'x-request-id': currentContext()?.correlationId ?? '',
        },
        body,
      });
      const retryAfter = response.headers['retry-after'];
      return {
        status: response.statusCode,
        text: await response.body.text(),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      };
    } catch (error) {
      throw new ProviderUnavailable(error instanceof Error ? error.name : 'no answer');
    }
  }
}

function readAnswer(text: string): Answer | undefined {
  try {
    return Answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** 200 with an empty id means that nothing was sent, and only `errors` says why. */
function toOutcome({ id, errors }: Answer): PushOutcome {
  if (id) {
    const invalid = errors !== undefined && !Array.isArray(errors) ? errors.invalid_player_ids : undefined;
    return { outcome: 'accepted', messageId: id, invalidTargets: invalid ?? [] };
  }
  if (errors === undefined) throw new ProviderUnavailable('nothing was sent and no reason given');
  return { outcome: 'nobody_reachable' };
}
