import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Late enough for the start to be over, early enough for no balancer to send requests yet. */
const AFTER_MS = 1_000;

/**
 * Loading all code leaves 50 MB behind that V8 keeps while nothing presses it. One full collection gives them
 * back, for 40 ms of the main thread. (node:inspector has the same command, and sometimes hangs for ever with it; a
 * smaller young generation costs a third more CPU under load: docs/performance.md.)
 */
export function returnStartMemory(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
  }, AFTER_MS).unref();
}
