// A process beside the supervisor with one duty: when the supervisor was killed, nothing it started may linger.
// Postgres, Redis, web and worker do not know about us, so they cannot look after that themselves.
import { existsSync } from 'node:fs';
import { GUARDIAN } from './names.mts';
import { killAll, ProcessTable } from './process-table.mts';
import { holderOf } from './state-folder.mts';

const [state = '', supervisor = ''] = process.argv.slice(2);

process.on('SIGTERM', () => process.exit(0));
// The IPC channel closes with the supervisor, however that ends.
process.on('disconnect', () => void clearUp().then(() => process.exit(0)));

async function clearUp(): Promise<void> {
  // A new supervisor on the same folder clears up itself, and the table is its own by now.
  if (!existsSync(state) || holderOf(state) !== Number(supervisor)) return;
  const left = [...new ProcessTable(state).alive()].filter(([name]) => name !== GUARDIAN);
  await killAll(left.map(([, identity]) => identity));
}
