/** A line of web or worker. */
export interface LogLine {
  readonly level?: string;
  readonly message?: string;
  readonly correlationId?: string;
  readonly [field: string]: unknown;
}

/** What follows `web | ` or `worker | ` in the output of a local stack. */
export function linesOf(mode: 'web' | 'worker', output: readonly string[]): string[] {
  const prefix = `${mode} | `;
  return output.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
}

/** The lines as objects. @throws SyntaxError when one is no JSON */
export const parsed = (lines: readonly string[]): LogLine[] =>
  lines.map((line) => JSON.parse(line) as LogLine);
