// How the services that are our own code run: as a Node process that the supervisor spawns with an IPC channel.
import path from 'node:path';
import { Child } from '../child.mts';
import type { ServiceContext } from './service.mts';

/** Spawns an entry file of `tools/local` as a service; its output goes to the service's log file. */
export function spawnOwn(
  context: ServiceContext,
  name: string,
  entry: string,
  env: Readonly<Record<string, string>>,
): Child {
  const log = context.openLog(name);
  const file = path.join(context.root, 'tools/local', entry);
  return new Child(name, process.execPath, [file], {
    cwd: context.root,
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log, 'ipc'],
  });
}

/** For the entry file itself: ends the process in order on SIGTERM, and at once when the supervisor is gone. */
export function endWithParent(stop: () => Promise<unknown>): void {
  process.on('disconnect', () => process.exit(1));
  process.on('SIGTERM', () => void stop().finally(() => process.exit(0)));
}
