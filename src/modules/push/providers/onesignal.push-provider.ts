import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { bulkhead } from 'cockatiel';
import { Pool } from 'undici';
import { oneSignalConfig } from '../../../config/slices';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { readOutcome } from './onesignal.answer';
import { oneSignalMessage } from './onesignal.message';
import { post } from './provider-http';
import { ProviderPolicy } from './provider-policy';
import { type PushBatch, type PushOutcome, PushProvider, type SendObserver } from './push-provider';

const CONNECTIONS = 8;

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
  private readonly policy: ProviderPolicy;
  /** Calls beyond it wait here rather than in the pool, where they would use up their time-out. */
  private readonly bulkhead = bulkhead(CONNECTIONS, Number.MAX_SAFE_INTEGER);

  constructor(
    @Inject(oneSignalConfig.KEY) private readonly config: ConfigType<typeof oneSignalConfig>,
    shutdown: Shutdown,
  ) {
    super();
    const { timings } = config;
    this.policy = new ProviderPolicy(this.name, timings);
    const { origin, pathname } = new URL(config.url);
    this.path = `${pathname.replace(/\/$/, '')}/notifications?c=push`;
    this.pool = new Pool(origin, {
      connections: CONNECTIONS,
      headersTimeout: timings.timeoutMs,
      bodyTimeout: timings.timeoutMs,
      connect: { timeout: timings.connectTimeoutMs },
    });
    shutdown.onClose(() => this.pool.close());
  }

  get isOpen(): boolean {
    return this.policy.isOpen;
  }

  async send(batch: PushBatch, observer: SendObserver): Promise<PushOutcome> {
    const body = JSON.stringify(oneSignalMessage(this.config.appId, batch));
    return this.bulkhead.execute(() =>
      this.policy.execute(
        (signal) => this.call(batch, body, signal),
        () => observer.retriedAmbiguously(1),
      ),
    );
  }

  private async call(batch: PushBatch, body: string, signal: AbortSignal): Promise<PushOutcome> {
    const headers = { authorization: `Key ${this.config.apiKey}`, 'content-type': 'application/json' };
    const answer = await post(this.pool, this.path, headers, body, signal);
    this.logger.log(
      { provider: this.name, providerStatus: answer.status, count: batch.targets.length },
      'provider answered',
    );
    return readOutcome(answer, batch, this.policy);
  }
}
