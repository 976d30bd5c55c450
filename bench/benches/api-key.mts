import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { LocalStack } from '../../tools/local/client.mts';
import { ROOT } from '../harness/test-bed.mts';

/** A key of these scopes, made by the operators' command. */
export function makeKey(stack: LocalStack, scopes: string): string {
  const command = ['apikey', 'create', '--name', 'bench', '--scopes', scopes, '--json'];
  const made = spawnSync(process.execPath, [path.join(ROOT, 'dist/tools/cli/main.js'), ...command], {
    cwd: ROOT,
    env: { ...process.env, ...stack.env },
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`no API key: ${made.stderr}`);
  return (JSON.parse(made.stdout.trim().split('\n').at(-1) ?? '') as { key: string }).key;
}
