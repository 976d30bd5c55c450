import { type AuditPosition, type AuditRecord, comparePositions } from './audit-record';

/** Rows in their order, one source of several: the table, or an archived month. */
class RowSource {
  private next: AuditRecord | undefined;
  private ended = false;

  constructor(private readonly rows: AsyncIterator<AuditRecord>) {}

  async peek(): Promise<AuditRecord | undefined> {
    if (this.next === undefined && !this.ended) {
      const { value, done } = await this.rows.next();
      this.ended = done === true;
      this.next = done ? undefined : value;
    }
    return this.next;
  }

  take(): void {
    this.next = undefined;
  }

  async close(): Promise<void> {
    await this.rows.return?.();
  }
}

/** Several ordered sources as one: a seal's rows may lie in a month that is archived and in one that is not. */
export class OrderedRows {
  private readonly sources = new Set<RowSource>();

  add(rows: AsyncIterable<AuditRecord>): void {
    this.sources.add(new RowSource(rows[Symbol.asyncIterator]()));
  }

  /** The rows up to and with `last`, taken off. */
  async *upTo(last: AuditPosition): AsyncGenerator<AuditRecord> {
    for (let first = await this.first(); first !== undefined; first = await this.first()) {
      if (comparePositions(first.row, last) > 0) return;
      await this.takeEverywhere(first.row);
      yield first.row;
    }
  }

  /** A month that is archived, and not yet removed, has its rows twice: the table's own come first. */
  private async takeEverywhere(row: AuditRecord): Promise<void> {
    for (const source of this.sources) {
      const same = await source.peek();
      if (same !== undefined && comparePositions(same, row) === 0) source.take();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.sources].map((source) => source.close()));
  }

  private async first(): Promise<{ source: RowSource; row: AuditRecord } | undefined> {
    let first: { source: RowSource; row: AuditRecord } | undefined;
    for (const source of this.sources) {
      const row = await source.peek();
      if (row === undefined) this.sources.delete(source);
      else if (first === undefined || comparePositions(row, first.row) < 0) first = { source, row };
    }
    return first;
  }
}
