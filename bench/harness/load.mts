import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { WindowOrder, WindowResult } from './load-messages.mts';
import { lookAround, otherLoad } from './proc.mts';
import type { TestBed } from './test-bed.mts';

const PROGRAM = path.join(import.meta.dirname, 'load-process.mts');
/** How much longer than asked for a window may take before it counts as hanging. */
const PATIENCE_MS = 60_000;

/** One window, and how busy the machine was with other things meanwhile. */
export interface Window extends WindowResult {
  /** 0 to 1, of all cores. */
  readonly otherLoad: number;
}

/** The load process. */
export class Load {
  readonly #child: ChildProcess;
  readonly #cores: number;

  constructor(bed: TestBed) {
    this.#cores = bed.cores.count;
    this.#child = bed.start([process.execPath, PROGRAM], { logs: 'drop', ipc: true });
  }

  /** @throws Error when the load process hangs or dies, or an answer was no 2xx: such a number means nothing. */
  async window(order: WindowOrder): Promise<Window> {
    const begin = lookAround();
    const result = await this.#ask(order);
    if (result.failures > 0) {
      throw new Error(`${result.failures} requests failed, the first with: ${result.firstFailure}`);
    }
    return { ...result, otherLoad: otherLoad(begin, lookAround(), this.#cores) };
  }

  /** Sends the order; stops listening for either outcome once one of them has come. */
  async #ask(order: WindowOrder): Promise<WindowResult> {
    const listening = new AbortController();
    const patience = AbortSignal.timeout(order.warmUpMs + order.windowMs + PATIENCE_MS);
    const signal = AbortSignal.any([listening.signal, patience]);
    const answer = once(this.#child, 'message', { signal }).then(([result]) => result as WindowResult);
    const end = once(this.#child, 'exit', { signal }).then((): never => {
      throw new Error('the load process has ended');
    });
    this.#child.send(order);
    try {
      return await Promise.race([answer, end]);
    } finally {
      listening.abort();
      await Promise.allSettled([answer, end]);
    }
  }
}
