import { z } from 'zod';

/** A kind of mail: what it needs to know and what it says. */
export interface MailTemplate<Variables> {
  readonly name: string;
  readonly variables: z.ZodType<Variables>;
  readonly render: (variables: Variables) => { readonly subject: string; readonly text: string };
}

export const NOTHING = z.strictObject({});

export const define = <Variables>(template: MailTemplate<Variables>): MailTemplate<Variables> => template;
