import * as accountMails from './account.mails';
import * as endpointMails from './endpoint.mails';
import * as secondFactorMails from './second-factor.mails';

const TEMPLATES = new Map(
  [accountMails, endpointMails, secondFactorMails]
    .flatMap((mails) => Object.values(mails))
    .map((template) => [template.name, template]),
);

/** @throws Error when a newer release queued a template that this one does not know, or the variables don't fit */
export function renderMail(name: string, variables: unknown): { subject: string; text: string } {
  const template = TEMPLATES.get(name);
  if (template === undefined) throw new Error(`no mail template ${name}`);
  return template.renderQueued(variables);
}
