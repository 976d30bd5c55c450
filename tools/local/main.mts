// `npm run dev`: the whole backend on this machine. docs/local-stack.md describes it.
import '../node-version.mjs';
import path from 'node:path';
import { LocalStackError } from './failure.mts';
import { readOptions } from './options.mts';
import { say } from './output.mts';
import { watchParent } from './parent.mts';
import { Supervisor } from './supervisor.mts';

const root = path.resolve(import.meta.dirname, '../..');
let supervisor: Supervisor | undefined;

// Whoever read our output may be gone before us.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end(name));
watchParent(() => end('the process that started it is gone'));

try {
  const options = readOptions(root, process.argv.slice(2), process.env);
  // what starts again and again need not be compiled again
  process.env.NODE_COMPILE_CACHE ??= path.join(options.state, 'compile-cache');
  supervisor = new Supervisor(options);
  await supervisor.start();
} catch (error) {
  await fail(error);
}

/** Ends the stack in order; asked again, at once. */
function end(reason: string): void {
  if (supervisor?.isStopping) {
    supervisor.kill();
    return;
  }
  say(`stopping: ${reason}`);
  void supervisor?.stop().then(() => process.exit(0));
}

async function fail(error: unknown): Promise<void> {
  // What fails while everything is being stopped fails because of that.
  if (supervisor?.isStopping) return;
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`local | ${error instanceof LocalStackError ? error.message : stack}\n`);
  await supervisor?.stop();
  process.exit(1);
}
