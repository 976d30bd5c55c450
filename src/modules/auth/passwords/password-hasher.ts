import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { Overloaded } from '../../../shared/domain-error';
import type { Argon2Result, Argon2Task } from './argon2.worker';

/** At 10 ms each this is half a second of waiting; more is refused at once. */
const MAX_WAITING = 50;

/** A well-formed hash of nothing anybody knows: verifying against it takes as long as against a real one. */
const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$Zr1q8TtFQnS0ZBq2mJ0nGw$2mWlgbTkCbGBZy5MZgyVJcGQ8jWbY4oUyQy8l3N4v5k';

type Settle = {
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
};
type Task =
  | { task: 'hash'; password: string; salt?: Buffer }
  | { task: 'verify'; password: string; hash: string };

/**
 * argon2id in one thread of the lowest priority, started at its first use: hashing at full load leaves the latency
 * of everything else as it was. Never called while a database connection is held.
 */
@Injectable()
export class PasswordHasher {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Settle>();
  private nextId = 0;

  constructor(shutdown: Shutdown) {
    shutdown.onClose(() => this.worker?.terminate());
  }

  /**
   * @param salt 16 bytes; random when not given
   * @returns a PHC string
   * @throws Overloaded when 50 passwords are waiting already
   */
  async hash(password: string, salt?: Buffer): Promise<string> {
    return String(await this.run({ task: 'hash', password, ...(salt && { salt }) }));
  }

  /**
   * Takes as long without a hash as with one.
   * @throws Overloaded when 50 passwords are waiting already
   */
  async verify(hash: string | null | undefined, password: string): Promise<boolean> {
    const matches = await this.run({ task: 'verify', password, hash: hash ?? DECOY });
    return typeof hash === 'string' && matches === true;
  }

  private async run(task: Task): Promise<string | boolean> {
    if (this.waiting.size >= MAX_WAITING) throw new Overloaded();
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.thread().postMessage({ id, ...task } satisfies Argon2Task);
    });
  }

  private thread(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(join(__dirname, 'argon2.worker.js'));
    worker.unref();
    worker.on('message', (result: Argon2Result) => this.settle(result));
    // a crash says both, and by then another thread may be at work
    const ended = (): void => {
      if (this.worker === worker) this.abandon();
    };
    worker.on('error', ended).on('exit', ended);
    this.worker = worker;
    return worker;
  }

  private settle(answer: Argon2Result): void {
    const settle = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('result' in answer) settle?.resolve(answer.result);
    else settle?.reject(new Error(`argon2 failed: ${answer.error}`));
  }

  /** The thread is gone: whoever waits is told, the next task starts a new one. */
  private abandon(): void {
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(new Error('the password thread ended'));
    this.waiting.clear();
  }
}
