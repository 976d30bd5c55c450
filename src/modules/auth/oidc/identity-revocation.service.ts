import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { UserId } from '../../../shared/ids';
import { ProviderTokenStore } from './provider-token.store';
import { ProviderTokens } from './provider-tokens';
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
   * @throws ProviderTokensUnavailable when the provider does not answer: come again later
   */
  async revokeAll(userId: UserId): Promise<void> {
    for (const token of await this.store.refreshTokensOf(userId)) {
      const opened = this.keys.data.open(token.sealed, refreshTokenContext(token.identityId)).toString();
      await this.tokens.revoke(opened, token.clientId);
      await this.store.forgetRefreshToken(token);
    }
  }
}
