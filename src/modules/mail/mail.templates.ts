import {
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
import { EndpointDisabledMail, EndpointFailingMail } from './endpoint.mails';
import type { MailTemplate } from './mail-template';
import {
  RecoveryCodeUsedMail,
  SecondFactorAddedMail,
  SecondFactorGuessedMail,
  SecondFactorRemovedMail,
  SecondFactorResetMail,
} from './second-factor.mails';

const RENDERERS = new Map(
  [
    renderer(VerificationCodeMail),
    renderer(AccountExistsMail),
    renderer(AdminSetupMail),
    renderer(NewDeviceMail),
    renderer(PasswordResetMail),
    renderer(NoAccountMail),
    renderer(PasswordChangedMail),
    renderer(SessionEndedMail),
    renderer(DeviceMismatchMail),
    renderer(IdentityLinkedMail),
    renderer(EmailChangeCodeMail),
    renderer(EmailChangedMail),
    renderer(EmailChangeUndoneMail),
    renderer(SecondFactorAddedMail),
    renderer(SecondFactorRemovedMail),
    renderer(SecondFactorResetMail),
    renderer(RecoveryCodeUsedMail),
    renderer(SecondFactorGuessedMail),
    renderer(EndpointFailingMail),
    renderer(EndpointDisabledMail),
    renderer(DeletionScheduledMail),
    renderer(AccountUnusedMail),
    renderer(DeletionCancelledMail),
    renderer(DataExportMail),
  ].map(({ name, render }) => [name, render]),
);

/** @throws Error when a newer release queued a template that this one does not know, or the variables don't fit */
export function renderMail(name: string, variables: unknown): { subject: string; text: string } {
  const render = RENDERERS.get(name);
  if (render === undefined) throw new Error(`no mail template ${name}`);
  return render(variables);
}

function renderer<Variables>({ name, variables, render }: MailTemplate<Variables>) {
  return { name, render: (given: unknown) => render(variables.parse(given)) };
}
