// `npm run demo`: starts the whole backend in a temporary folder, plays a phone and an operator's server over HTTP,
// and tells what happened. Exits 0 only when every step was checked.
import '../node-version.mjs';
import { playDemo } from './demo.mts';
import { Narrator } from './narrator.mts';
import { TemporaryStack } from './temporary-stack.mts';

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const narrator = new Narrator();
const stack = new TemporaryStack();
let interrupted = false;

// Whoever read our output may be gone before us.
process.stdout.on('error', () => undefined);
process.on('exit', () => stack.abandon());
for (const [name, code] of Object.entries(SIGNAL_EXIT_CODES)) {
  process.on(name, () => {
    if (interrupted) return;
    interrupted = true;
    narrator.sayLast(`\nStopping everything (${name}) …`);
    void stack.stop().finally(() => process.exit(code));
  });
}

try {
  process.exitCode = (await playDemo(narrator, stack)) ? 0 : 1;
} finally {
  if (!interrupted) await stack.stop();
}
