import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { ArchiveStorage } from '../../platform/archive/archive-storage';
import type { ArchivedTable } from '../../platform/database/archived-table';
import { Database } from '../../platform/database/database';
import { Clock } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { SubjectKeys } from '../subject-keys';
import { type ArchivedRow, type ArchiveRecord, ArchiveStore, type SealRange } from './archive.store';
import { LineDigest, rowsOf } from './archive-lines';
import { manifestKey, manifestOf } from './manifest';
import type { Month } from './month';
import { columnsOf, protect, subjectsOf } from './personal-columns';

const PAGE = 1_000;

/** Writes a month as compressed NDJSON, page by page: memory holds one page and one part of an upload. */
@Injectable()
export class MonthExport {
  constructor(
    private readonly store: ArchiveStore,
    private readonly storage: ArchiveStorage,
    private readonly subjects: SubjectKeys,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Its object has a name of its own, so that two who are at the same month do not spoil each other's.
   * @returns what was written, and read back whole
   * @throws Error when what is read back is not what was written
   */
  async write(table: ArchivedTable, month: Month, seals: SealRange | undefined): Promise<ArchiveRecord> {
    const objectKey = `${table.name}/${month}/${newId()}.ndjson.gz`;
    const written = new LineDigest();
    const gzip = createGzip();
    // an error on either side ends both, and the upload with them
    pipeline(Readable.from(this.lines(table, month, written)), gzip, () => undefined);
    const bytes = await this.storage.put(objectKey, gzip);
    const [rowCount, sha256] = [written.rowCount, written.sha256()];
    await this.assertReadable(objectKey, rowCount, sha256);
    return {
      dataClass: table.name,
      month,
      schemaVersion: table.version,
      rowCount,
      sha256,
      bytes,
      objectKey,
      seals,
      archivedAt: this.clock.now(),
      removedAt: undefined,
    };
  }

  async writeManifest(table: ArchivedTable, record: ArchiveRecord): Promise<void> {
    const manifest = manifestOf(record, columnsOf(table));
    await this.storage.put(manifestKey(table.name, record.month), Buffer.from(JSON.stringify(manifest)));
  }

  private async *lines(table: ArchivedTable, month: Month, digest: LineDigest): AsyncGenerator<Buffer> {
    let after: ArchivedRow | undefined;
    do {
      const { lines, last } = await this.page(table, month, after, digest);
      after = last;
      if (lines.length > 0) yield Buffer.from(lines);
    } while (after !== undefined);
  }

  private page(
    table: ArchivedTable,
    month: Month,
    after: ArchivedRow | undefined,
    digest: LineDigest,
  ): Promise<{ lines: string; last: ArchivedRow | undefined }> {
    return this.database
      .transaction(async (tx) => {
        const rows = await this.store.page(tx, table, month, after, PAGE);
        return { rows, keys: await this.subjects.forMany(tx, subjectsOf(table, rows)) };
      })
      .then(({ rows, keys }) => ({
        lines: rows.map((row) => digest.add(protect(table, row, keys))).join(''),
        last: rows.length < PAGE ? undefined : rows.at(-1),
      }));
  }

  private async assertReadable(objectKey: string, rowCount: number, sha256: Buffer): Promise<void> {
    const object = await this.storage.get(objectKey);
    if (object === undefined) throw new Error('an archived object is not there');
    const read = new LineDigest();
    for await (const row of rowsOf(object)) read.add(row);
    if (read.rowCount !== rowCount || !read.sha256().equals(sha256)) {
      throw new Error('an archived object reads otherwise than it was written');
    }
  }
}
