/** One JSON object on one line for scripts, or indented for people. Last on stdout. */
export function print(options: { json?: boolean }, value: unknown): void {
  process.stdout.write(`${options.json ? JSON.stringify(value) : JSON.stringify(value, null, 2)}\n`);
}
