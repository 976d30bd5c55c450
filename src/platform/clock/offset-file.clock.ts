import { readFileSync } from 'node:fs';
import { Clock } from '../../shared/clock';

/**
 * The system's clock moved by the milliseconds in a file, read at each call so that both processes move at once.
 * STAGE=local only: the configuration refuses it elsewhere. No file, or garbage in it, is no offset.
 */
export class OffsetFileClock extends Clock {
  constructor(private readonly file: string) {
    super();
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs());
  }

  private offsetMs(): number {
    try {
      const offset = Number(readFileSync(this.file, 'utf8'));
      return Number.isFinite(offset) ? offset : 0;
    } catch {
      return 0;
    }
  }
}
