import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type LocalStack, startLocalStack } from '../local/client.mts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
const LOOK_EVERY_MS = 50;
/** What the story relies on, whatever the shell that starts it has exported. */
const FIXED = { LOG_LEVEL: 'info', ONESIGNAL_RECEIPTS: 'true', TLS_MODE: 'off', DRAIN_DELAY_MS: '0' };

/** A local stack on free ports whose state is removed with it, also when it is interrupted while it starts. */
export class TemporaryStack {
  readonly state = mkdtempSync(path.join(os.tmpdir(), 'loopin-demo-'));
  #starting: Promise<LocalStack> | undefined;
  #settled = false;

  /** @throws LocalStackError with the last lines of its output when it does not get ready. */
  start(): Promise<LocalStack> {
    this.#starting = startLocalStack({
      root: ROOT,
      state: this.state,
      env: FIXED,
      build: true,
    }).finally(() => {
      this.#settled = true;
    });
    return this.#starting;
  }

  /** Ends all processes, then removes the folder. */
  async stop(): Promise<void> {
    try {
      await this.#interruptStart();
      const stack = await this.#starting?.catch(() => undefined);
      await stack?.stop();
    } finally {
      this.abandon();
    }
  }

  /** Removes the folder. The stack itself ends when the process that started it is gone. */
  abandon(): void {
    rmSync(this.state, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A stack that is not ready yet has no handle: its supervisor is asked to end by its pid. */
  async #interruptStart(): Promise<void> {
    let asked = false;
    while (this.#starting && !this.#settled) {
      if (!asked) asked = signal(path.join(this.state, 'pid'));
      await delay(LOOK_EVERY_MS);
    }
  }
}

function signal(pidFile: string): boolean {
  if (!existsSync(pidFile)) return false;
  try {
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  } catch {
    return true; // gone already
  }
}
