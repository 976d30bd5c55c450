import { chmodSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attachLocalStack, type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { ROOT } from './program';
import { stackTemplate } from './stack-template';
import { waitFor } from './wait-for';

/** Names the folder of a jest run in which its shared stacks live; set and cleared up by jest's global set-up. */
export const SHARED_STACKS = 'LOOPIN_SHARED_STACKS';

const END_BOUND_MS = 20_000;

/** A stack that the spec files of one jest process use one after the other, started by the first that asks. */
export class SharedStack {
  readonly #state: string;
  readonly #output: string;
  readonly #lease: string;

  constructor(
    readonly kind: 'services' | 'app',
    // jest's workers run side by side: each has its own
    folder = path.join(process.env[SHARED_STACKS] ?? temporaryFolder(), process.env.JEST_WORKER_ID ?? '0'),
  ) {
    this.#state = path.join(folder, kind);
    this.#output = path.join(folder, `${kind}.output`);
    this.#lease = path.join(folder, `${kind}.lease`);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  }

  /** For one user alone until `release`: false when somebody has it already. */
  lease(): boolean {
    try {
      mkdirSync(this.#lease);
      return true;
    } catch {
      return false;
    }
  }

  release(): void {
    rmdirSync(this.#lease);
  }

  /** The running one, or one that is started now. */
  async attach(): Promise<LocalStack> {
    return this.running() ?? this.start();
  }

  running(): LocalStack | undefined {
    try {
      return attachLocalStack(this.#state, this.#output);
    } catch {
      return undefined;
    }
  }

  async start(): Promise<LocalStack> {
    const options = this.kind === 'services' ? { servicesOnly: true } : { template: stackTemplate() };
    await startLocalStack({ root: ROOT, state: this.#state, output: this.#output, ...options });
    return attachLocalStack(this.#state, this.#output);
  }

  /** Ends it, whatever state it is in, and forgets its data. */
  async end(): Promise<void> {
    const stack = this.running();
    if (stack !== undefined) {
      const supervisor = stack.pid('supervisor');
      process.kill(supervisor, 'SIGTERM');
      await waitFor('the end of a shared stack', () => !isThere(supervisor), END_BOUND_MS);
    }
    rmSync(this.#state, { recursive: true, force: true });
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A folder for the shared stacks, which Postgres, where it runs as somebody else, can enter. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(process.env.LOOPIN_TEST_RUN ?? os.tmpdir(), 'loopin-shared-'));
  chmodSync(folder, 0o711);
  return folder;
}
