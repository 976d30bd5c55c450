// `npm run cli -- …`: runs the built command, and builds first where there is no build yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import '../node-version.mjs';

/** What the command ends with when its environment is not usable: sysexits(3). */
const EX_CONFIG = 78;
const HINT =
  'There is no local stack here: start one by `npm run dev` (LOCAL_STATE says where its state is), or set the environment\n';

// an older Node, which has been told of by now, can't read it
const { isBuilt } = await import('../local/app/build-age.mts');

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/tools/cli/main.js');
if (!isBuilt(root)) {
  const program = path.join(root, 'tools/build/main.mts');
  const built = spawnSync(process.execPath, [program], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const state = path.resolve(
  process.env.INIT_CWD ?? root,
  process.env.LOCAL_STATE ?? path.join(root, '.local'),
);
const environment = path.join(state, 'env');
if (process.env.DATABASE_URL === undefined) {
  if (existsSync(environment)) process.loadEnvFile(environment);
  else process.on('exit', (code) => code === EX_CONFIG && process.stderr.write(HINT));
}
await import(main);
