// `npm run infra:diagram`: draws docs/infrastructure.md from the graph of prod, so that the picture can't tell tales.
// With --check it only compares.
import '../node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { childGraph } from './child.mts';
import { drawing } from './drawing.mts';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'docs/infrastructure.md');
const page = drawing(await childGraph(root, 'prod'));
if (!process.argv.includes('--check')) writeFileSync(file, page);
else if (readFileSync(file, 'utf8') !== page) {
  process.stderr.write('docs/infrastructure.md is not what the infrastructure is: npm run infra:diagram\n');
  process.exitCode = 1;
}
