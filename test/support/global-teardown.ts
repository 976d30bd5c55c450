import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SHARED_STACKS, SharedStack } from './shared-stack';

/** Ends the shared stacks of this jest run. */
async function tearDown(): Promise<void> {
  const folder = process.env[SHARED_STACKS];
  if (folder === undefined) return;
  const workers = readdirSync(folder).map((worker) => path.join(folder, worker));
  const all = workers.flatMap((worker) => [
    new SharedStack('services', worker),
    new SharedStack('app', worker),
  ]);
  await Promise.all(all.map((stack) => stack.end()));
  rmSync(folder, { recursive: true, force: true });
  delete process.env[SHARED_STACKS];
}

export = tearDown;
