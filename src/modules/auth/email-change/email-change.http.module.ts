import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { AuditModule } from '../../audit';
import { MailModule } from '../../mail';
import { VerificationCodes } from '../accounts/verification-codes';
import { AuthModule } from '../auth.module';
import { PgSecondFactorStore } from '../mfa/pg-second-factor.store';
import { SecondFactorStore } from '../mfa/second-factor.store';
import { IdentitiesModule } from '../oidc/identities.module';
import { PasswordsModule } from '../passwords/passwords.module';
import { AccountRecovery } from './account-recovery';
import { EmailChangeController } from './email-change.controller';
import { EmailChangeService } from './email-change.service';
import { EmailChangeStore } from './email-change.store';
import { EmailNotices } from './email-notices';
import { EmailUndoService } from './email-undo.service';
import { PgEmailChangeStore } from './pg-email-change.store';

@Module({
  imports: [
    AuthModule,
    AuditModule,
    IdentitiesModule,
    MailModule,
    PasswordsModule,
    ConfigModule.forFeature(keysConfig),
  ],
  controllers: [EmailChangeController],
  providers: [
    AccountRecovery,
    EmailChangeService,
    EmailUndoService,
    EmailNotices,
    VerificationCodes,
    { provide: EmailChangeStore, useClass: PgEmailChangeStore },
    { provide: SecondFactorStore, useClass: PgSecondFactorStore },
  ],
})
export class EmailChangeHttpModule {}
