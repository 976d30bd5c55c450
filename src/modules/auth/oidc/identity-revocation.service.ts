import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { UserId } from '../../../shared/ids';
import { ProviderTokenStore, type SealedRefreshToken } from './provider-token.store';
import { ProviderTokens, ProviderTokensUnavailable } from './provider-tokens';
import { refreshTokenContext } from './refresh-token-context';

/** Gives back what a user granted us at Apple, as the App Store asks when an account is deleted (guideline 5.1.1). */
@Injectable()
export class IdentityRevocation {
  constructor(
    private readonly store: ProviderTokenStore,
    private readonly tokens: ProviderTokens,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /**
   * To be called before the rows of the user go. May be repeated: what was revoked is forgotten.
   * @throws ProviderTokensUnavailable when the provider does not answer, or a token can't be opened: come again later
   */
  async revokeAll(userId: UserId): Promise<void> {
    for (const token of await this.store.refreshTokensOf(userId)) {
      await this.tokens.revoke(this.open(token), token.clientId);
      await this.store.forgetRefreshToken(token);
    }
  }

  private open({ sealed, identityId }: SealedRefreshToken): string {
    try {
      return this.keys.data.open(sealed, refreshTokenContext(identityId)).toString();
    } catch {
      // an operator may bring the key back: whoever asked comes again, and gives up some day
      throw new ProviderTokensUnavailable('no data key opens the token');
    }
  }
}
