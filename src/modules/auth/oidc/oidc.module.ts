import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oidcConfig } from '../../../config/slices';
import { AuthModule } from '../auth.module';
import { IdTokens } from './id-tokens';
import { IdentitiesModule } from './identities.module';
import { IdentityOwners } from './identity-owners';
import { IdentityProviders } from './identity-providers';
import { JwksProviderKeys } from './jwks.provider-keys';
import { OidcSignInService } from './oidc-sign-in.service';
import { PgProviderKeyStore } from './pg-provider-key.store';
import { ProviderKeyStore } from './provider-key.store';
import { ProviderKeys } from './provider-keys';

/** Sign-in with Apple and Google: what web needs. */
@Module({
  imports: [AuthModule, IdentitiesModule, ConfigModule.forFeature(oidcConfig)],
  providers: [
    IdentityOwners,
    IdentityProviders,
    IdTokens,
    OidcSignInService,
    { provide: ProviderKeys, useClass: JwksProviderKeys },
    { provide: ProviderKeyStore, useClass: PgProviderKeyStore },
  ],
  exports: [OidcSignInService],
})
export class OidcModule {}
