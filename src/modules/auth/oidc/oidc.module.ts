import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, oidcConfig } from '../../../config/slices';
import { AuditModule } from '../../audit';
import { JobsModule } from '../../jobs';
import { MailModule } from '../../mail';
import { AuthModule } from '../auth.module';
import { AuthorizationCodes } from './authorization-codes';
import { IdTokens } from './id-tokens';
import { IdentityStore } from './identity.store';
import { IdentityAccounts } from './identity-accounts';
import { IdentityOwners } from './identity-owners';
import { IdentityProviders } from './identity-providers';
import { JwksProviderKeys } from './jwks.provider-keys';
import { OidcSignInService } from './oidc-sign-in.service';
import { PgIdentityStore } from './pg-identity.store';
import { PgProviderKeyStore } from './pg-provider-key.store';
import { PgProviderTokenStore } from './pg-provider-token.store';
import { ProviderKeyStore } from './provider-key.store';
import { ProviderKeys } from './provider-keys';
import { ProviderTokenStore } from './provider-token.store';

/** Sign-in with Apple and Google: what web needs. */
@Module({
  imports: [
    AuthModule,
    AuditModule,
    MailModule,
    JobsModule,
    ConfigModule.forFeature(keysConfig),
    ConfigModule.forFeature(oidcConfig),
  ],
  providers: [
    AuthorizationCodes,
    IdentityAccounts,
    IdentityOwners,
    IdentityProviders,
    IdTokens,
    OidcSignInService,
    { provide: IdentityStore, useClass: PgIdentityStore },
    { provide: ProviderKeys, useClass: JwksProviderKeys },
    { provide: ProviderKeyStore, useClass: PgProviderKeyStore },
    { provide: ProviderTokenStore, useClass: PgProviderTokenStore },
  ],
  exports: [OidcSignInService],
})
export class OidcModule {}
