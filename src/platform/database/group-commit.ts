import { setImmediate as endOfTick } from 'node:timers/promises';
import { DatabaseUnavailable, RowsLocked } from './database.errors';

/** Writes some rows in one statement. @returns what to answer for each of them */
type WriteTogether<Row, Answer> = (rows: readonly Row[]) => Promise<(row: Row) => Answer>;

interface Bounds<Row> {
  readonly mostRows: number;
  readonly mostBytes: number;
  readonly bytesOf: (row: Row) => number;
}

interface Waiting<Row, Answer> {
  readonly row: Row;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Rows of many callers in one statement: what comes in one tick, or while the statement before is under way, goes
 * together, up to the bounds. Nobody waits for company, and everybody for the commit of their own row.
 */
export class GroupCommit<Row, Answer> {
  private readonly waiting: Waiting<Row, Answer>[] = [];
  private isWriting = false;

  constructor(
    private readonly write: WriteTogether<Row, Answer>,
    private readonly bounds: Bounds<Row>,
  ) {}

  /** @throws Error what writing this row alone would */
  add(row: Row): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      if (!this.isWriting) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    await endOfTick();
    while (this.waiting.length > 0) await this.writeSome(this.takeSome());
    this.isWriting = false;
  }

  /** At least one, however large it is. */
  private takeSome(): Waiting<Row, Answer>[] {
    const { mostRows, mostBytes, bytesOf } = this.bounds;
    let bytes = 0;
    const tooMany = this.waiting.findIndex(({ row }, index) => {
      bytes += bytesOf(row);
      return index > 0 && (index === mostRows || bytes > mostBytes);
    });
    return this.waiting.splice(0, tooMany === -1 ? this.waiting.length : tooMany);
  }

  private async writeSome(some: readonly Waiting<Row, Answer>[]): Promise<void> {
    try {
      const answerFor = await this.write(some.map(({ row }) => row));
      for (const { row, resolve } of some) resolve(answerFor(row));
    } catch (error) {
      // nothing of it was written; where it lies with one row, the others can be all the same
      if (some.length > 1 && isOfRows(error)) await Promise.all(some.map((one) => this.writeSome([one])));
      else for (const { reject } of some) reject(error);
    }
  }
}

/** Without the database no row does better alone. */
const isOfRows = (error: unknown): boolean =>
  error instanceof RowsLocked || !(error instanceof DatabaseUnavailable);
