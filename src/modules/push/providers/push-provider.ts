import { SafeError } from '../../../shared/safe-error';
import type { Content, Options } from '../push.schema';

export interface PushBatch {
  readonly targets: readonly string[];
  readonly content: Content;
  readonly priority: Options['priority'];
  /** How long it is worth something yet, in whole seconds. */
  readonly ttlSeconds: number;
  /** On both providers: a phone that gets two of them shows one. */
  readonly collapseId: string;
  /** The same for every try of the same members: a provider that takes one call for all sends once. */
  readonly idempotencyKey: string;
}

export type PushOutcome =
  | {
      readonly outcome: 'accepted';
      /** Where the provider has one for the whole batch. */
      readonly messageId: string | undefined;
      readonly invalidTargets: readonly string[];
    }
  /** None of the targets can be reached any more; only those that the provider named are known to be gone. */
  | { readonly outcome: 'nobody_reachable'; readonly invalidTargets: readonly string[] }
  /** The provider will never take this message, and nothing was sent. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** What became of one recipient, where a provider takes them one by one. */
export interface TargetResult {
  readonly target: string;
  /** `untouched`: certainly not sent, and free to be tried again by anybody. */
  readonly result: 'accepted' | 'invalid' | 'failed' | 'untouched';
  readonly reason?: string;
}

/** Is told how a batch goes, so that a process that dies leaves little in doubt. */
export interface SendObserver {
  /** Before these recipients are tried: from now on it is not known whether they have it. Not called for one-call providers. */
  starting(targets: readonly string[]): Promise<void>;
  /** Results as they come. Not called for one-call providers. */
  settled(results: readonly TargetResult[]): Promise<void>;
  /** So many recipients (or calls) were tried again after an answer that said nothing. */
  retriedAmbiguously(count: number): void;
}

export type ProviderName = 'onesignal' | 'fcm';

/** OneSignal takes a batch in one call under one key; FCM takes each recipient by itself and knows no key. */
export const takesWholeBatch = (provider: string): boolean => provider === 'onesignal';

/** A push service. */
export abstract class PushProvider {
  abstract readonly name: ProviderName;

  /** Whether its circuit is open: calls are refused here without a try. */
  abstract get isOpen(): boolean;

  /**
   * Sends one message to every target.
   * @throws ProviderUnavailable when some or all of it was not sent, or is not known to be
   */
  abstract send(batch: PushBatch, observer: SendObserver): Promise<PushOutcome>;
}

interface Unavailability {
  /** As the provider asked, when it did. */
  readonly retryAfterSeconds?: number | undefined;
  /** Something may have been sent: only the same call with the same key may follow. */
  readonly ambiguous: boolean;
  /** It takes nothing for now: its circuit is open, or it refuses our credential. */
  readonly circuitOpen?: boolean;
}

export class ProviderUnavailable extends SafeError {
  readonly retryAfterSeconds: number | undefined;
  readonly ambiguous: boolean;
  readonly circuitOpen: boolean;

  constructor(reason: string, { retryAfterSeconds, ambiguous, circuitOpen = false }: Unavailability) {
    super(reason);
    this.retryAfterSeconds = retryAfterSeconds;
    this.ambiguous = ambiguous;
    this.circuitOpen = circuitOpen;
  }
}
