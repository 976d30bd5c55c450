import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * A mount and process namespace for one command: what it mounts nobody else sees, and mounts and processes are gone
 * when it ends, when it is killed, and when this process is killed. So nothing here needs cleaning up.
 */
export const PRIVATELY = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
];

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const SHOWN_LINES = 40;

/**
 * Runs a program of this machine as root in namespaces of its own.
 * @returns what it wrote to stdout
 * @throws Error with the last lines of what it wrote when it fails or takes longer than `timeoutMs`
 */
export async function runPrivately(
  command: readonly string[],
  timeoutMs: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const [program = '', ...args] = [...PRIVATELY, ...command];
  const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
  try {
    return (await run(program, args, { ...limits, env })).stdout;
  } catch (error) {
    throw new Error(
      `${command.slice(0, 2).join(' ')} failed or took over ${timeoutMs} ms:\n${lastLines(error)}`,
    );
  }
}

/** Starts such a program and waits for nothing; it ends with this process at the latest. */
export function startPrivately(command: readonly string[]): void {
  const [program = '', ...args] = [...PRIVATELY, ...command];
  spawn(program, args, { stdio: 'ignore' }).unref();
}

/** Not by `instanceof`: the `Error` of a jest test is not the one that Node throws. */
function lastLines(error: unknown): string {
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  const lines = `${stdout}\n${stderr}`.trim() || message;
  return lines.split('\n').slice(-SHOWN_LINES).join('\n');
}
