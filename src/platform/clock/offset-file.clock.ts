import { readFileSync, statSync } from 'node:fs';
import { Clock } from '../../shared/clock';

/**
 * The system's clock moved by the milliseconds in a file, read once a turn of the event loop so that both processes
 * move at once. STAGE=local only: the configuration refuses it elsewhere. No file, or garbage in it, is no offset.
 */
export class OffsetFileClock extends Clock {
  private offsetMs: number | undefined;

  constructor(private readonly file: string) {
    super();
  }

  now(): Date {
    this.offsetMs ??= this.readOnceThisTurn();
    return new Date(Date.now() + this.offsetMs);
  }

  /** A request that comes after the file was written is handled in a later turn, or in one that has not read yet. */
  private readOnceThisTurn(): number {
    setImmediate(() => {
      this.offsetMs = undefined;
    }).unref();
    return readOffset(this.file);
  }
}

function readOffset(file: string): number {
  try {
    // usually there is none: looking costs a tenth of an error
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return 0;
    const offset = Number(readFileSync(file, 'utf8'));
    return Number.isFinite(offset) ? offset : 0;
  } catch {
    return 0;
  }
}
