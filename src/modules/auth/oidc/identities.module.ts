import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { AuditModule } from '../../audit';
import { JobsModule } from '../../jobs';
import { MailModule } from '../../mail';
import { AccountStore } from '../accounts/account.store';
import { PgAccountStore } from '../accounts/pg-account.store';
import { AuthorizationCodes } from './authorization-codes';
import { IdentityStore } from './identity.store';
import { IdentityAccounts } from './identity-accounts';
import { IdentityEntrance } from './identity-entrance';
import { PgIdentityStore } from './pg-identity.store';
import { PgProviderTokenStore } from './pg-provider-token.store';
import { ProviderTokenStore } from './provider-token.store';

/** Which identities open which accounts. */
@Module({
  imports: [AuditModule, JobsModule, MailModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    AuthorizationCodes,
    IdentityAccounts,
    IdentityEntrance,
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: IdentityStore, useClass: PgIdentityStore },
    { provide: ProviderTokenStore, useClass: PgProviderTokenStore },
  ],
  exports: [IdentityAccounts, IdentityEntrance, IdentityStore],
})
export class IdentitiesModule {}
