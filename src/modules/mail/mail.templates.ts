import { z } from 'zod';

/** A kind of mail: what it needs to know and what it says. */
export interface MailTemplate<Variables> {
  readonly name: string;
  readonly variables: z.ZodType<Variables>;
  readonly render: (variables: Variables) => { readonly subject: string; readonly text: string };
}

const define = <Variables>(template: MailTemplate<Variables>): MailTemplate<Variables> => template;

export const VerificationCodeMail = define({
  name: 'verification-code',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your sign-up code',
    text: `Your code is ${code}. It is good for 10 minutes.\n\nIf you did not sign up, ignore this mail.`,
  }),
});

export const AccountExistsMail = define({
  name: 'account-exists',
  variables: z.strictObject({}),
  render: () => ({
    subject: 'You already have an account',
    text: 'Someone, perhaps you, tried to sign up with this address. You already have an account: sign in instead.',
  }),
});

export const AdminSetupMail = define({
  name: 'admin-setup',
  variables: z.strictObject({ code: z.string() }),
  render: ({ code }) => ({
    subject: 'Your administrator set-up code',
    text: `An operator made you an administrator. Verify this address in the app with the code ${code}. It is good for 10 minutes.`,
  }),
});

const RENDERERS = new Map(
  [renderer(VerificationCodeMail), renderer(AccountExistsMail), renderer(AdminSetupMail)].map(
    ({ name, render }) => [name, render],
  ),
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
