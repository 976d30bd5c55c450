export { MailModule, MailWorkerModule } from './mail.module';
export { MailService } from './mail.service';
export { PgMailStore } from './pg-mail.store';
export { AccountExistsMail, AdminSetupMail, VerificationCodeMail } from './mail.templates';
