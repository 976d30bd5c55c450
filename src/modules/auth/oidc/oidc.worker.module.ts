import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { appleConfig, keysConfig } from '../../../config/slices';
import { AppleProviderTokens } from './apple.provider-tokens';
import { CodeExchange } from './code-exchange.service';
import { IdentityRevocation } from './identity-revocation.service';
import { OidcConsumer } from './oidc.consumer';
import { PgProviderTokenStore } from './pg-provider-token.store';
import { ProviderTokenStore } from './provider-token.store';
import { ProviderTokens } from './provider-tokens';

/** What the worker does at Apple: exchange codes, and give back what they were exchanged for. */
@Module({
  imports: [ConfigModule.forFeature(keysConfig), ConfigModule.forFeature(appleConfig)],
  providers: [
    CodeExchange,
    IdentityRevocation,
    OidcConsumer,
    { provide: ProviderTokens, useClass: AppleProviderTokens },
    { provide: ProviderTokenStore, useClass: PgProviderTokenStore },
  ],
  exports: [IdentityRevocation],
})
export class OidcWorkerModule {}
