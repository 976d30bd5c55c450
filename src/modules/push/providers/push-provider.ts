import { SafeError } from '../../../shared/safe-error';
import type { Content, Options } from '../push.schema';

export interface PushBatch {
  readonly targets: readonly string[];
  readonly content: Content;
  readonly options: Options;
  /** The same for every try of the same members: the provider sends once. */
  readonly idempotencyKey: string;
}

export type PushOutcome =
  | { readonly outcome: 'accepted'; readonly messageId: string; readonly invalidTargets: readonly string[] }
  /** None of the targets can be reached any more. */
  | { readonly outcome: 'nobody_reachable' }
  /** The provider will never take this message. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** A push service. */
export abstract class PushProvider {
  abstract readonly name: string;

  /**
   * @throws ProviderUnavailable when it is not known whether anything was sent: try again with the same key
   */
  abstract send(batch: PushBatch): Promise<PushOutcome>;
}

export class ProviderUnavailable extends SafeError {
  constructor(
    reason: string,
    /** As the provider asked, when it did. */
    readonly retryAfterSeconds?: number,
  ) {
    super(reason);
  }
}
