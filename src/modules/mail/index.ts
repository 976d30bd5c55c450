export { MailModule } from './mail.module';
export { MailService } from './mail.service';
export {
  AccountExistsMail,
  AdminSetupMail,
  DataExportMail,
  DeletionCancelledMail,
  DeletionScheduledMail,
  DeviceMismatchMail,
  EmailChangeCodeMail,
  EmailChangedMail,
  EmailChangeUndoneMail,
  EndpointDisabledMail,
  EndpointFailingMail,
  IdentityLinkedMail,
  type MailTemplate,
  NewDeviceMail,
  NoAccountMail,
  PasswordChangedMail,
  PasswordResetMail,
  RecoveryCodeUsedMail,
  SecondFactorAddedMail,
  SecondFactorGuessedMail,
  SecondFactorRemovedMail,
  SecondFactorResetMail,
  SessionEndedMail,
  VerificationCodeMail,
} from './mail.templates';
export { PgMailStore } from './pg-mail.store';
