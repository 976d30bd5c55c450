import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LocalStack } from '../../tools/local/client.mts';
import { ROOT } from '../harness/test-bed.mts';

const LONGEST_MS = 300_000;
const run = promisify(execFile);

/** Runs an operators' command of the built CLI and returns what it prints. @throws Error with its stderr when it fails */
export async function operatorsCommand(stack: LocalStack, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['dist/tools/cli/main.js', ...args, '--json'], {
    cwd: ROOT,
    env: { ...process.env, ...stack.env },
    timeout: LONGEST_MS,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
