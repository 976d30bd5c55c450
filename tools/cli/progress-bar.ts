import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 500;
const WIDTH = 30;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Nothing more is done, even if it is less than was meant to. */
  readonly over: boolean;
}

/** Follows what the worker does, on a terminal only: a script asks again when it wants to know. */
export async function showProgress(what: string, look: () => Promise<Progress>): Promise<void> {
  if (!process.stderr.isTTY) return;
  for (;;) {
    const progress = await look();
    process.stderr.write(`\r${line(what, progress)}`);
    if (progress.over) break;
    await delay(LOOK_EVERY_MS);
  }
  process.stderr.write('\n');
}

/** One line of a fixed width, as `redrive [#####-----] 500/1000`. */
function line(what: string, { done, total, over }: Progress): string {
  const filled = over || total === 0 ? WIDTH : Math.floor((WIDTH * done) / total);
  return `${what} [${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${done}/${total}`;
}
