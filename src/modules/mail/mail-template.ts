import { z } from 'zod';

interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** A kind of mail: what it needs to know and what it says. */
export interface MailTemplate<Variables> {
  readonly name: string;
  readonly variables: z.ZodType<Variables>;
  readonly render: (variables: Variables) => MailText;
}

interface DefinedMail<Variables> extends MailTemplate<Variables> {
  /** @throws ZodError when what was queued does not fit the variables */
  readonly renderQueued: (queued: unknown) => MailText;
}

export const NOTHING = z.strictObject({});

export const define = <Variables>(template: MailTemplate<Variables>): DefinedMail<Variables> => ({
  ...template,
  renderQueued: (queued) => template.render(template.variables.parse(queued)),
});
