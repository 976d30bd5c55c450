import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs `action` while no other process of this machine does so with the same file. The lock is the kernel's, held by a
 * child that ends with its stdin: a killed test leaves none behind.
 */
export async function exclusively<T>(file: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([once(holder.stdout, 'data'), ended(holder)]);
  try {
    return await action();
  } finally {
    holder.stdin.end();
  }
}

async function ended(holder: ReturnType<typeof spawn>): Promise<never> {
  const [code] = await once(holder, 'exit');
  throw new Error(`flock ended with ${code}`);
}
