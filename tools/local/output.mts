import { createInterface } from 'node:readline';

/** One line of the local stack itself. */
export function say(line: string): void {
  process.stdout.write(`local | ${line}\n`);
}

/** Copies a stream to stdout line by line, each with `<name> | ` before it. */
export function prefixLines(name: string, stream: NodeJS.ReadableStream | null): void {
  if (!stream) return;
  createInterface({ input: stream }).on('line', (line) => process.stdout.write(`${name} | ${line}\n`));
}
