import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { TryAgainLater } from '../../../platform/sqs/message-handlers';
import { Clock } from '../../../shared/clock';
import type { AuthorizationCodeId } from '../../../shared/ids';
import { sealedCodeContext } from './code-exchange.job';
import { ProviderTokenStore, type SealedCode } from './provider-token.store';
import { type CodeOutcome, ProviderTokens, ProviderTokensUnavailable } from './provider-tokens';
import { refreshTokenContext } from './refresh-token-context';

const AGAIN_AFTER_SECONDS = 20;
const EXPIRED: CodeOutcome = { outcome: 'refused', reason: 'expired' };

/** Exchanges a code for the refresh token that is revoked when its user leaves. A code is good for five minutes. */
@Injectable()
export class CodeExchange {
  private readonly logger = new Logger(CodeExchange.name);
  private dropped = 0;

  constructor(
    private readonly store: ProviderTokenStore,
    private readonly tokens: ProviderTokens,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** @throws TryAgainLater while the provider does not answer and the code may still be good */
  async perform(id: AuthorizationCodeId): Promise<void> {
    const code = await this.store.findCode(id);
    if (code === undefined) return;
    const result = code.expiresAt <= this.clock.now() ? EXPIRED : await this.exchange(code);
    if (result.outcome === 'refused') return this.drop(id, result.reason);
    const { identityId, clientId } = code;
    const sealed = this.keys.data.seal(result.refreshToken, refreshTokenContext(identityId));
    await this.store.exchanged(id, { identityId, clientId, sealed });
  }

  private async exchange({ id, clientId, sealed }: SealedCode): Promise<CodeOutcome> {
    const code = this.keys.data.open(sealed, sealedCodeContext(id)).toString();
    try {
      return await this.tokens.exchange(code, clientId);
    } catch (error) {
      if (!(error instanceof ProviderTokensUnavailable)) throw error;
      throw new TryAgainLater(error.message, AGAIN_AFTER_SECONDS);
    }
  }

  /** The user is signed in all the same; only the revocation at the end has nothing to go by, until the next sign-in. */
  private async drop(id: AuthorizationCodeId, reason: string): Promise<void> {
    await this.store.dropCode(id);
    this.dropped += 1;
    const facts = { provider: 'apple', reason, count: this.dropped };
    this.logger.warn(facts, 'an authorization code was dropped: there is no token to revoke later');
  }
}
