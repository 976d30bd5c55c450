import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { watchSources } from '../../tools/local/app/watch-sources.mts';
import { waitFor } from '../../tools/local/wait.mts';

jest.setTimeout(60_000);

describe('watching the sources', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'loopin-watch-'));
  const source = path.join(root, 'src/modules/one.ts');
  let reloads = 0;
  let running = 0;
  let mostRunning = 0;
  let finish: () => void = () => undefined;
  let stop: () => void;

  beforeAll(() => {
    mkdirSync(path.dirname(source), { recursive: true });
    for (const folder of [root, path.join(root, 'src'), path.dirname(source)]) chmodSync(folder, 0o777);
    stop = watchSources(root, async () => {
      reloads += 1;
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      running -= 1;
    });
  });
  afterAll(() => {
    stop();
    finish();
    rmSync(root, { recursive: true });
  });

  const ORDINARY_USER = 65_534;
  const isRoot = process.geteuid?.() === 0;

  const until = (count: number) => waitFor(`reload ${count}`, () => reloads === count, { timeoutMs: 30_000 });

  it('reloads once for many writes, and once more for those during a reload', async () => {
    for (let index = 0; index < 20; index += 1) writeFileSync(source, String(index));
    await until(1);
    writeFileSync(source, 'during the reload');
    expect(running).toBe(1);
    finish();
    await until(2);

    expect(mostRunning).toBe(1);
    finish();
  });

  it('goes on where something appears that may not be read', async () => {
    // nothing is closed to root
    if (isRoot) process.seteuid?.(ORDINARY_USER);
    try {
      writeFileSync(path.join(root, 'src/modules/closed'), '', { mode: 0 });
      await until(3);
      finish();
      writeFileSync(path.join(root, 'src/modules/two.ts'), 'open');
      await until(4);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});
