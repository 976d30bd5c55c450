import type { ArchiveStorage } from '../../platform/archive/archive-storage';
import type { ArchivedRow } from './archive.store';
import { LineDigest, rowsOf } from './archive-lines';
import { Manifest, type ManifestColumn, manifestKey } from './manifest';
import type { Month } from './month';

const PAGE = 1_000;

/** Where a month is restored to. */
export abstract class RestoreTarget {
  /** @throws Error when it is there already */
  abstract create(columns: readonly ManifestColumn[]): Promise<void>;
  abstract add(rows: readonly ArchivedRow[], firstLine: number): Promise<void>;
  /** As they lie there now, in the order they came. */
  abstract read(columns: readonly ManifestColumn[]): AsyncIterable<ArchivedRow>;
}

export interface RestoreReport {
  readonly rows: number;
  readonly sha256: string;
  readonly manifest: Manifest;
}

/** Reads a month out of the archive again, and proves that what lies in the target is what was archived. */
export class ArchiveRestore {
  constructor(private readonly storage: ArchiveStorage) {}

  /** @throws Error when the month is not in the archive, or its rows are not what its manifest says */
  async restore(dataClass: string, month: Month, target: RestoreTarget): Promise<RestoreReport> {
    const manifest = await this.manifest(dataClass, month);
    await target.create(manifest.columns);
    let page: ArchivedRow[] = [];
    let line = 1;
    for await (const row of await this.rows(manifest)) {
      page.push(row);
      if (page.length < PAGE) continue;
      await target.add(page, line);
      line += page.length;
      page = [];
    }
    if (page.length > 0) await target.add(page, line);
    const digest = new LineDigest();
    for await (const row of target.read(manifest.columns)) digest.add(row);
    const [rows, sha256] = [digest.rowCount, digest.sha256().toString('hex')];
    if (rows !== manifest.rows || sha256 !== manifest.sha256) {
      throw new Error(`restored ${rows} rows with SHA-256 ${sha256}, not what was archived`);
    }
    return { rows, sha256, manifest };
  }

  private async manifest(dataClass: string, month: Month): Promise<Manifest> {
    const object = await this.storage.get(manifestKey(dataClass, month));
    if (object === undefined) throw new Error(`${dataClass} of ${month} is not in the archive`);
    const parts: Buffer[] = [];
    for await (const part of object) parts.push(part as Buffer);
    return Manifest.parse(JSON.parse(Buffer.concat(parts).toString()));
  }

  private async rows(manifest: Manifest): Promise<AsyncIterable<ArchivedRow>> {
    const object = await this.storage.get(manifest.object);
    if (object === undefined) throw new Error(`${manifest.object} is not in the archive`);
    return rowsOf(object);
  }
}
