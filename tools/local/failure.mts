/** A failure whose message tells the reader what to do. It is printed alone, without a stack trace. */
export class LocalStackError extends Error {
  override name = 'LocalStackError';
}

/** The message of anything that was thrown, for a line of a log. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The errno of a failed system call (`ENOENT`), or undefined. Jest's own `Error` is not the one that Node throws. */
export function codeOf(thrown: unknown): string | undefined {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : undefined;
}
