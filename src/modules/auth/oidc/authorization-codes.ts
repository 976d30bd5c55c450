import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { type IdentityId, newId } from '../../../shared/ids';
import { Jobs } from '../../jobs';
import { ExchangeCode, sealedCodeContext } from './code-exchange.job';
import { ProviderTokenStore } from './provider-token.store';

/** developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens */
const CODE_SECONDS = 5 * MINUTE;

/**
 * Apple's codes leave by a job, so that no sign-in waits for Apple: the row holds the code under the data key, the job
 * holds its id.
 */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly store: ProviderTokenStore,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** Has the code exchanged once the transaction commits. */
  async hand(tx: Transaction, identityId: IdentityId, clientId: string, code: string): Promise<void> {
    const id = newId<'AuthorizationCode'>();
    const sealed = this.keys.data.seal(code, sealedCodeContext(id));
    const expiresAt = secondsAfter(this.clock.now(), CODE_SECONDS);
    await this.store.addCode(tx, { id, identityId, clientId, sealed, expiresAt });
    await this.jobs.enqueue(tx, ExchangeCode, { codeId: id });
  }
}
