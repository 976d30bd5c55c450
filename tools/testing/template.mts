// What the stacks of one `npm test` begin with: a state folder with a migrated database, made once.
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { Child, inWords } from '../local/child.mts';
import { startLocalStack } from '../local/client.mts';
import { makeTemplateFolder } from '../local/template.mts';

const [template = ''] = process.argv.slice(2);
const draft = `${template}.draft`;
makeTemplateFolder(draft);
const stack = await startLocalStack({ state: draft, servicesOnly: true });
try {
  await migrate();
} finally {
  await stack.stop();
}
// where Postgres may not enter, its data lies elsewhere, and every stack makes its own
if (existsSync(path.join(draft, 'postgres'))) renameSync(draft, template);

async function migrate(): Promise<void> {
  const migration = new Child('the migration', process.execPath, ['dist/tools/cli/main.js', 'migrate'], {
    env: { PATH: process.env.PATH, ...stack.env },
    stdio: 'inherit',
  });
  const exit = await migration.ended;
  if (exit.code !== 0) throw new Error(`the migration failed: ${inWords(exit)}`);
}
