import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import { type IdentityId, newId } from '../../../shared/ids';
import { Jobs } from '../../jobs';
import { ExchangeCode, sealedCodeContext } from './code-exchange.job';
import type { Authorization } from './presented-identity';
import { ProviderTokenStore } from './provider-token.store';

/**
 * Apple's codes leave by a job, so that no sign-in waits for Apple: the row holds the code under the data key, the job
 * holds its id.
 */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly store: ProviderTokenStore,
    private readonly jobs: Jobs,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** Has the code exchanged once the transaction commits. */
  async hand(
    tx: Transaction,
    identityId: IdentityId,
    { code, clientId, expiresAt }: Authorization,
  ): Promise<void> {
    const id = newId<'AuthorizationCode'>();
    const sealed = this.keys.data.seal(code, sealedCodeContext(id));
    await this.store.addCode(tx, { id, identityId, clientId, sealed, expiresAt });
    await this.jobs.enqueue(tx, ExchangeCode, { codeId: id });
  }
}
