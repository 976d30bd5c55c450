import { parseArgs } from 'node:util';

/** The command line is wrong; the message says what would be right. */
export class UsageError extends Error {}

export interface Arguments {
  /** Undefined: list them. */
  readonly name: string | undefined;
  /** Where the JSON goes; bench/results when not given. */
  readonly json: string | undefined;
}

/** @throws UsageError on anything but one known name and `--json <file>`. */
export function readArguments(args: readonly string[], names: readonly string[]): Arguments {
  const { values, positionals } = parse(args);
  const [name, ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one bench at a time, not ${positionals.join(' ')}`);
  if (name !== undefined && !names.includes(name)) {
    throw new UsageError(`there is no bench ${name}; there are ${names.join(', ')}`);
  }
  return { name, json: values.json };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { json: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
