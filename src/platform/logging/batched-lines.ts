/** Where batches go: pino's own destination. */
export interface Destination {
  write(batch: string): unknown;
  flushSync(): void;
}

/** Lines worth one write: it wakes a thread, and the destination measures all that it holds at each write. */
const BATCH_CHARACTERS = 16_384;

/** Collects log lines, so that the destination is called for many of them at once. */
export class BatchedLines {
  private lines = '';

  constructor(private readonly destination: Destination) {}

  write(line: string): void {
    this.lines += line;
    if (this.lines.length >= BATCH_CHARACTERS) this.flush();
  }

  /** Hands over what has been collected; the destination writes it soon. */
  flush(): void {
    if (this.lines === '') return;
    const batch = this.lines;
    this.lines = '';
    this.destination.write(batch);
  }

  /** Returns when everything is written. Called by pino before a fatal end, and by us before any. */
  flushSync(): void {
    this.flush();
    this.destination.flushSync();
  }
}
