import type { Program } from './program';
import { TestStack } from './test-stack';
import { waitFor } from './wait-for';

/** Longer than a message of a worker that is dead stays hidden, and than its attempts are kept for it. */
const NOBODY_WAITS_MS = 61_000;

/** Worker processes of test/support/jobs-worker.mts on services of their own, to be killed. */
export class JobsFleet {
  readonly #workers: Program[] = [];
  #offsetMs = 0;

  static async start(): Promise<JobsFleet> {
    const stack = await TestStack.start({ servicesOnly: true });
    await stack.cli('migrate');
    await stack.sql(`
      create table loopin.test_effects (job_id uuid not null, what text not null);
      create table loopin.test_attempts (
        job_id uuid not null, attempt integer not null, pid integer not null,
        at timestamptz not null default clock_timestamp()
      );
      grant select, insert on loopin.test_effects, loopin.test_attempts to loopin_app`);
    return new JobsFleet(stack);
  }

  private constructor(readonly stack: TestStack) {}

  stop(): Promise<void> {
    return this.stack.stop();
  }

  /** Returns when it works. @param scheduler who ticks: `in-process` means that it does */
  async startWorker(scheduler: 'in-process' | 'eventbridge'): Promise<void> {
    const env = { APP_MODE: 'worker', PORT: '1', LOG_LEVEL: 'warn', SCHEDULER: scheduler };
    const worker = this.stack.run(['test/support/jobs-worker.mts'], env);
    this.#workers.push(worker);
    await waitFor('a worker', () => worker.stdout.includes('ready'), 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${[...worker.stdout, ...worker.stderr].join('\n')}`);
    });
  }

  get #living(): Program[] {
    return this.#workers.filter(({ running }) => running);
  }

  /** How many live. */
  get size(): number {
    return this.#living.length;
  }

  /** kill -9 */
  async kill(pid: number): Promise<void> {
    const worker = this.#workers.find((one) => one.pid === pid);
    if (worker === undefined) throw new Error(`no worker is ${pid}`);
    await worker.kill();
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  /** Moves everybody's clock on, so that what the dead have in hand is taken by the living. */
  moveOn(): void {
    this.#offsetMs += NOBODY_WAITS_MS;
    this.stack.moveClock(this.#offsetMs);
  }

  /** The living process that has begun a job of this name last. @throws Error when none is at one */
  async atWork(name: string): Promise<number> {
    const [row] = await this.stack.sql<{ pid: number }>(
      `select a.pid
       from loopin.test_attempts a
       join loopin.jobs j on j.id = a.job_id
       where j.name = $1 and j.state = 'running' and j.attempt = a.attempt and a.pid = any($2)
       order by a.at desc
       limit 1`,
      [name, this.#living.map(({ pid }) => pid)],
    );
    if (row === undefined) throw new Error(`nobody is at a ${name}`);
    return row.pid;
  }
}
