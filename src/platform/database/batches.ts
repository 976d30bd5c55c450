const SMALLEST = 50;
const LARGEST = 500;
/** A batch that took longer is halved, one that took less than a third of it doubled: 200 ms are never near. */
const AIM_MS = 20;
/** For each millisecond of work: the database has three quarters of the time for everybody else. */
const REST_MS = 3;

export interface BatchesRun {
  readonly removed: number;
  /** Of one batch with its commit. */
  readonly longestMs: number;
  readonly isDone: boolean;
}

/** Deletes piece by piece, each in a transaction of its own and as large as the database takes in its stride. */
export class Batches {
  private size = LARGEST;

  /**
   * After each batch it rests for three times as long as that took.
   * @param removeSome removes up to so many rows and tells how many there were
   * @param maxMs after which it stops, with more to do
   */
  async run(removeSome: (limit: number) => Promise<number>, maxMs: number): Promise<BatchesRun> {
    const until = performance.now() + maxMs;
    let removed = 0;
    let longestMs = 0;
    while (performance.now() < until) {
      const limit = this.size;
      const began = performance.now();
      const count = await removeSome(limit);
      const tookMs = performance.now() - began;
      removed += count;
      longestMs = Math.max(longestMs, tookMs);
      if (count < limit) return { removed, longestMs, isDone: true };
      this.adapt(tookMs);
      await new Promise((resolve) => setTimeout(resolve, tookMs * REST_MS));
    }
    return { removed, longestMs, isDone: false };
  }

  private adapt(tookMs: number): void {
    if (tookMs > AIM_MS) this.size = Math.max(SMALLEST, Math.floor(this.size / 2));
    else if (tookMs < AIM_MS / 3) this.size = Math.min(LARGEST, this.size * 2);
  }
}
