import type { ArchiveStorage } from '../../../platform/archive/archive-storage';
import { type ArchivedRow, type ArchiveRecord, type ArchiveStore, rowsOf } from '../../archive';
import { type ArchivedRows, AuditArchives } from './archived-rows';
import { AuditRecord } from './audit-record';

const DATA_CLASS = 'audit_events';
const MICROSECONDS = 6;

/** Audit months as the archiver left them. */
export class StoredAuditArchives extends AuditArchives {
  /** @param storage may be missing where nobody reads the months themselves */
  constructor(
    private readonly store: ArchiveStore,
    private readonly storage: ArchiveStorage | undefined,
  ) {
    super();
  }

  async months(): Promise<readonly ArchivedRows[]> {
    const records = await this.store.list(DATA_CLASS);
    return records.flatMap((record) =>
      record.seals === undefined
        ? []
        : {
            month: record.month,
            firstSeal: record.seals.first,
            lastSeal: record.seals.last,
            read: () => this.read(record),
          },
    );
  }

  private async *read({ objectKey }: ArchiveRecord): AsyncGenerator<AuditRecord> {
    const object = await this.storage?.get(objectKey);
    if (object === undefined) throw new Error(`${objectKey} is not in the archive`);
    for await (const row of rowsOf(object)) yield toAuditRecord(row);
  }
}

/** The same values as `AUDIT_RECORD` has them, from the way `row_to_json` prints them. */
function toAuditRecord(row: ArchivedRow): AuditRecord {
  const { occurred_at: time, personal } = row;
  return AuditRecord.parse({
    ...row,
    occurred_at: inMicroseconds(String(time)),
    personal: typeof personal === 'string' ? fromHex(personal) : null,
  });
}

/** `2026-11-15T12:00:00.5+00:00` as `2026-11-15T12:00:00.500000Z`. */
function inMicroseconds(time: string): string {
  const [, seconds = '', fraction = ''] = /^([^.+]+)(?:\.(\d+))?\+00:00$/.exec(time) ?? [];
  return `${seconds}.${fraction.padEnd(MICROSECONDS, '0')}Z`;
}

/** Postgres breaks base64 into lines of 76 characters. */
const fromHex = (text: string): string =>
  Buffer.from(text.slice('\\x'.length), 'hex')
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\n');
