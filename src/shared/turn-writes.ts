import type { Writable } from 'node:stream';

/** What is written to a stream in one turn of the event loop leaves in one system call, which costs more than a statement. */
export class TurnWrites {
  private gathering: Writable | undefined;

  /** Called before each write. */
  gather(stream: Writable): void {
    if (this.gathering === stream) return;
    this.gathering = stream;
    stream.cork();
    setImmediate(() => {
      if (this.gathering === stream) this.gathering = undefined;
      stream.uncork();
    });
  }
}
