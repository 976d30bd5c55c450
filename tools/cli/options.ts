import type { z } from 'zod';

/** @throws Error that names what is wrong as it is written on the command line */
export function parseOptions<Value>(schema: z.ZodType<Value>, options: object): Value {
  const parsed = schema.safeParse(options, { error: missing });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${optionOf(path)}: ${message}`);
  throw new Error(problems.join('\n'));
}

/** What is not there is missing: what type it would have had says nothing to whoever types a command. */
const missing = ({ code, input }: { readonly code: string; readonly input?: unknown }): string | undefined =>
  code === 'invalid_type' && input === undefined ? 'is missing' : undefined;

const optionOf = ([name = '']: readonly PropertyKey[]): string =>
  String(name).replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
