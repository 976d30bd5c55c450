export {
  AccountExistsMail,
  AccountUnusedMail,
  AdminSetupMail,
  DataExportMail,
  DeletionCancelledMail,
  DeletionScheduledMail,
  DeviceMismatchMail,
  EmailChangeCodeMail,
  EmailChangedMail,
  EmailChangeUndoneMail,
  IdentityLinkedMail,
  NewDeviceMail,
  NoAccountMail,
  PasswordChangedMail,
  PasswordResetMail,
  SessionEndedMail,
  VerificationCodeMail,
} from './account.mails';
export { EndpointDisabledMail, EndpointFailingMail } from './endpoint.mails';
export { MailModule } from './mail.module';
export { MailService } from './mail.service';
export type { MailTemplate } from './mail-template';
export { PgMailStore } from './pg-mail.store';
export {
  RecoveryCodeUsedMail,
  SecondFactorAddedMail,
  SecondFactorGuessedMail,
  SecondFactorRemovedMail,
  SecondFactorResetMail,
} from './second-factor.mails';
