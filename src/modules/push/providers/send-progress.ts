import { ProviderUnavailable, type PushOutcome, type SendObserver, type TargetResult } from './push-provider';

const FLUSH_AT = 50;
const FLUSH_AFTER_MS = 100;

/** Gathers the answers of one batch that is sent recipient by recipient, and hands them on in small lots. */
export class SendProgress {
  private waiting: TargetResult[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private readonly invalid: string[] = [];
  private readonly failures: ProviderUnavailable[] = [];
  private accepted = 0;
  private refusal: string | undefined;

  constructor(private readonly observer: SendObserver) {}

  add(result: TargetResult): void {
    if (result.result === 'accepted') this.accepted += 1;
    if (result.result === 'invalid') this.invalid.push(result.target);
    if (result.result === 'failed') this.refusal ??= result.reason ?? 'refused';
    this.waiting.push(result);
    if (this.waiting.length >= FLUSH_AT) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  /** One recipient that has no result; what is certain of it is that it was not sent, unless that is in doubt. */
  addFailure(target: string, failure: ProviderUnavailable): void {
    this.failures.push(failure);
    if (!failure.ambiguous) this.add({ target, result: 'untouched' });
  }

  /** Recipients that were not even begun. */
  addUnbegun(failure: ProviderUnavailable): void {
    this.failures.push(failure);
  }

  /** Hands on what there is, and waits for it: nothing more is begun while answers pile up. */
  async written(): Promise<void> {
    this.flush();
    await this.writing;
  }

  /**
   * Waits until all is handed on.
   * @throws ProviderUnavailable for all recipients without a result together
   */
  async finish(): Promise<PushOutcome> {
    await this.written();
    if (this.failures.length > 0) throw this.summary();
    if (this.accepted > 0) {
      return { outcome: 'accepted', messageId: undefined, invalidTargets: this.invalid };
    }
    if (this.refusal !== undefined) return { outcome: 'refused', reason: this.refusal };
    return { outcome: 'nobody_reachable', invalidTargets: this.invalid };
  }

  private summary(): ProviderUnavailable {
    const asked = this.failures.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? []);
    return new ProviderUnavailable(this.failures[0]?.message ?? 'unavailable', {
      ambiguous: this.failures.some(({ ambiguous }) => ambiguous),
      circuitOpen: this.failures.some(({ circuitOpen }) => circuitOpen),
      retryAfterSeconds: asked.length > 0 ? Math.max(...asked) : undefined,
    });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const results = this.waiting;
    if (results.length === 0) return;
    this.waiting = [];
    this.writing = this.writing.then(() => this.observer.settled(results));
    // written() tells of it
    this.writing.catch(() => undefined);
  }
}
