import { SafeError } from '../../../shared/safe-error';

export type CodeOutcome =
  | { readonly outcome: 'exchanged'; readonly refreshToken: string }
  /** The provider will never take this code. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** What a provider lets our servers do for a user who signed in with it. */
export abstract class ProviderTokens {
  /** @throws ProviderTokensUnavailable when it is worth another try */
  abstract exchange(code: string, clientId: string): Promise<CodeOutcome>;
  /**
   * Takes back all that the user gave the app: the app vanishes from the list in the user's settings.
   * Revoking twice is fine.
   * @throws ProviderTokensUnavailable when it is worth another try
   */
  abstract revoke(refreshToken: string, clientId: string): Promise<void>;
}

export class ProviderTokensUnavailable extends SafeError {}
