import { Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleType,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import type { ProviderTimings } from '../../../config/slices';
import { watchBreaker } from '../../../platform/telemetry/breaker-gauge';
import { observeProviderCall } from '../../../platform/telemetry/provider-calls';
import { type ProviderName, ProviderUnavailable } from './push-provider';

const TRIES = 3;
const FAILURES_TO_OPEN = 5;
const LONGEST_REST_SECONDS = 900;

/**
 * How calls to one provider are made: each try has a time-out, what has no clear answer is tried again with growing,
 * random pauses, and a provider that fails five times in a row is left alone for a while. One that says when to come
 * back, or that refuses our credential, is not asked before: that is no failure of the circuit's.
 */
export class ProviderPolicy {
  private readonly logger = new Logger(ProviderPolicy.name);
  private resting: { readonly until: number; readonly because: ProviderUnavailable } | undefined;
  private readonly timeout;
  private readonly breaker;
  private readonly policy;

  constructor(
    private readonly provider: ProviderName,
    private readonly timings: ProviderTimings,
  ) {
    this.timeout = timeout(timings.timeoutMs, TimeoutStrategy.Aggressive);
    const failed = handleType(ProviderUnavailable, isFailure);
    this.breaker = circuitBreaker(failed, {
      halfOpenAfter: timings.openMs,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
    const backoff = new ExponentialBackoff({
      initialDelay: timings.firstPauseMs,
      maxDelay: timings.longestPauseMs,
    });
    this.policy = wrap(retry(failed, { maxAttempts: TRIES - 1, backoff }), this.breaker);
    this.breaker.onStateChange((state) => this.announce(state));
    watchBreaker(provider, this.breaker);
  }

  get isOpen(): boolean {
    return this.breaker.state === CircuitState.Open;
  }

  /** Why nothing may be begun now, when that is so. */
  get refusal(): ProviderUnavailable | undefined {
    return this.rested ?? (this.isOpen ? this.circuitOpen(false) : undefined);
  }

  /**
   * @param call one try; it throws ProviderUnavailable for an answer that is none
   * @param onAmbiguousRetry before a try that follows one which may have had an effect
   * @throws ProviderUnavailable for all tries together: ambiguous when one of them was
   */
  async execute<Result>(
    call: (signal: AbortSignal) => Promise<Result>,
    onAmbiguousRetry: () => void,
  ): Promise<Result> {
    let ambiguous = false;
    const attempt = async () => {
      if (this.rested !== undefined) throw this.rested;
      if (ambiguous) onAmbiguousRetry();
      try {
        return await this.timed(call);
      } catch (error) {
        const failure = asUnavailable(error);
        if (failure instanceof ProviderUnavailable && failure.ambiguous) ambiguous = true;
        throw failure;
      }
    };
    try {
      return await this.policy.execute(attempt);
    } catch (error) {
      throw this.sumUp(error, ambiguous);
    }
  }

  private timed<Result>(call: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return observeProviderCall(this.provider, () => this.timeout.execute(({ signal }) => call(signal)));
  }

  /** Nobody calls before so many seconds are over. */
  rest(because: ProviderUnavailable, seconds: number): void {
    const until = performance.now() + Math.min(seconds, LONGEST_REST_SECONDS) * 1_000;
    this.resting = { until, because };
  }

  /** Our credential is refused: an operator has to mend it, and may do so any moment. */
  lockedOut(reason: string): ProviderUnavailable {
    const failure = new ProviderUnavailable(reason, {
      ambiguous: false,
      circuitOpen: true,
      retryAfterSeconds: this.openSeconds,
    });
    this.rest(failure, this.timings.openMs / 1_000);
    return failure;
  }

  /** What a provider asked for, as long as it lasts. */
  private get rested(): ProviderUnavailable | undefined {
    return this.resting && this.resting.until > performance.now() ? this.resting.because : undefined;
  }

  private circuitOpen(ambiguous: boolean): ProviderUnavailable {
    const retryAfterSeconds = this.openSeconds;
    return new ProviderUnavailable('the circuit is open', {
      ambiguous,
      circuitOpen: true,
      retryAfterSeconds,
    });
  }

  private get openSeconds(): number {
    return Math.ceil(this.timings.openMs / 1_000);
  }

  private sumUp(error: unknown, ambiguous: boolean): unknown {
    if (error instanceof BrokenCircuitError) return this.circuitOpen(ambiguous);
    if (!(error instanceof ProviderUnavailable) || error.ambiguous === ambiguous) return error;
    return new ProviderUnavailable(error.message, { ...error, ambiguous });
  }

  private announce(state: CircuitState): void {
    const status = CircuitState[state];
    this.logger.warn(
      { provider: this.provider, metric: 'push.circuit', status },
      'a circuit changed its state',
    );
  }
}

/** Being told to wait is an answer. */
const isFailure = (error: ProviderUnavailable): boolean =>
  error.retryAfterSeconds === undefined && !error.circuitOpen;

function asUnavailable(error: unknown): unknown {
  if (!(error instanceof TaskCancelledError)) return error;
  return new ProviderUnavailable('no answer in time', { ambiguous: true });
}
