import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { AuditModule } from '../../audit';
import { MailModule } from '../../mail';
import { AccountStore } from '../accounts/account.store';
import { PgAccountStore } from '../accounts/pg-account.store';
import { MfaChallenges } from './mfa-challenges';
import { MfaNotices } from './mfa-notices';
import { MfaTokenStore } from './mfa-token.store';
import { PgMfaTokenStore } from './pg-mfa-token.store';
import { PgSecondFactorStore } from './pg-second-factor.store';
import { RecoveryCodes } from './recovery-codes';
import { SecondFactorStore } from './second-factor.store';
import { SecondFactors } from './second-factors';

/** Which codes are taken, how they are kept, and how often one may guess. */
@Module({
  imports: [AuditModule, MailModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    MfaChallenges,
    MfaNotices,
    RecoveryCodes,
    SecondFactors,
    { provide: AccountStore, useClass: PgAccountStore },
    { provide: MfaTokenStore, useClass: PgMfaTokenStore },
    { provide: SecondFactorStore, useClass: PgSecondFactorStore },
  ],
  exports: [MfaChallenges, MfaNotices, SecondFactors],
})
export class MfaModule {}
