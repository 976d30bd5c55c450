import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ArchivedRow } from './archive.store';

/** Counts and hashes lines as they pass. */
export class LineDigest {
  private readonly hash = createHash('sha256');
  private count = 0;

  /** @returns the line with its end */
  add(row: ArchivedRow): string {
    const line = `${JSON.stringify(row)}\n`;
    this.hash.update(line);
    this.count += 1;
    return line;
  }

  get rowCount(): number {
    return this.count;
  }

  /** Ends it. */
  sha256(): Buffer {
    return this.hash.digest();
  }
}

/** The rows of an archived object, one at a time. @throws Error when it is no gzip, or cut off */
export async function* rowsOf(object: Readable): AsyncGenerator<ArchivedRow> {
  const gunzip = createGunzip();
  object.on('error', (error) => gunzip.destroy(error));
  const lines = createInterface({ input: object.pipe(gunzip), crlfDelay: Number.POSITIVE_INFINITY });
  let failed: Error | undefined;
  // the lines end where the stream breaks, without a word
  gunzip.on('error', (error) => {
    failed = error;
    lines.close();
  });
  try {
    for await (const line of lines) yield JSON.parse(line) as ArchivedRow;
    if (failed !== undefined) throw failed;
  } finally {
    object.destroy();
    gunzip.destroy();
  }
}
