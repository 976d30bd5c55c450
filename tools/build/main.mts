// `npm run build`: src/ and tools/cli/ to dist/, and beside them the packages that they load, as one file.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { writePackages } from './packages.mts';

const root = path.resolve(import.meta.dirname, '../..');
const nest = path.join(root, 'node_modules/@nestjs/cli/bin/nest.js');
const compiled = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
await writePackages(root);
