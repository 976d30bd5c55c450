import type { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { JobId } from '../../../shared/ids';
import { AttemptOvertaken, JobCancelled, WorkerStops } from './job-ends';
import type { Checkpoint, Holder, JobRunStore, Lease, Progress } from './job-run.store';

/** What the runner lends to each attempt. */
export interface RunTools {
  readonly store: JobRunStore;
  readonly database: Database;
  readonly lease: () => Lease;
}

/**
 * One attempt, as its handler sees it. A checkpoint throws when the job was cancelled, the worker stops or another
 * attempt has overtaken this one: the handler lets that pass.
 */
export class JobRun<State = never> {
  private readonly controller = new AbortController();

  constructor(
    private readonly holder: Holder,
    /** What the last checkpoint kept; undefined at the beginning. */
    readonly state: State | undefined,
    private readonly tools: RunTools,
  ) {}

  get jobId(): JobId {
    return this.holder.id;
  }

  /** 1 at first. Never the same one twice. */
  get attempt(): number {
    return this.holder.attempt;
  }

  /** Aborted with the reason that a checkpoint would throw: for calls that take long. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get cancelled(): boolean {
    return this.signal.reason instanceof JobCancelled;
  }

  /** Keeps how far the job has come, for the next attempt to go on from. What was done before it may be done again. */
  async checkpoint(state: State, progress?: Progress): Promise<void> {
    await this.keep({ state, progress });
  }

  /**
   * The same in the transaction of the effects: both happen, once, or neither does. The last call in it, since other
   * processes wait for the row meanwhile.
   */
  async checkpointIn(tx: Transaction, state: State, progress?: Progress): Promise<void> {
    await this.keepIn(tx, { state, progress });
    this.signal.throwIfAborted();
  }

  /** For jobs that have no state to keep. */
  async progress(progress: Progress): Promise<void> {
    await this.keep({ progress });
  }

  /** By the runner: what the handler is told at its next checkpoint, by the signal at once. */
  end(reason: JobCancelled | WorkerStops | AttemptOvertaken): void {
    this.controller.abort(reason);
  }

  private async keep(checkpoint: Checkpoint): Promise<void> {
    await this.tools.database.transaction((tx) => this.keepIn(tx, checkpoint));
    this.signal.throwIfAborted();
  }

  private async keepIn(tx: Transaction, checkpoint: Checkpoint): Promise<void> {
    const { store, lease } = this.tools;
    const standing = await store.checkpoint(tx, this.holder, checkpoint, lease());
    if (standing === undefined) {
      this.end(new AttemptOvertaken());
      throw new AttemptOvertaken();
    }
    if (standing.cancelRequested) this.end(new JobCancelled());
  }
}
