// `npm run cli -- …`: runs the built command, and builds first where there is no build yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import '../node-version.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/tools/cli/main.js');
if (!existsSync(main)) {
  const nest = path.join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const built = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) process.exit(built.status ?? 1);
}
const state = path.resolve(
  process.env.INIT_CWD ?? root,
  process.env.LOCAL_STATE ?? path.join(root, '.local'),
);
const environment = path.join(state, 'env');
if (process.env.DATABASE_URL === undefined && existsSync(environment)) process.loadEnvFile(environment);
await import(main);
