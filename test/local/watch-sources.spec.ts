import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  const until = (count: number) => waitFor(`reload ${count}`, () => reloads === count, { timeoutMs: 30_000 });

  it('reloads once for many writes, and once more for those during a reload', async () => {
    for (let index = 0; index < 20; index += 1) writeFileSync(source, String(index));
    await until(1);
    writeFileSync(source, 'during the reload');
    expect(running).toBe(1);
    finish();
    await until(2);

    expect(mostRunning).toBe(1);
  });
});
