import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { UserId } from '../../../shared/ids';
import { AuditEntries, AuditListQuery } from '../../audit';
import { ExportStore } from './export.store';
import { EXPORT_SECTIONS, type ExportSection } from './export-sections';

const AUDIT_PAGE = '100';

type Rows = AsyncIterable<readonly unknown[]>;

/** All that we have of a person as one JSON document, page by page: memory holds one page, however much it is. */
@Injectable()
export class PersonalFile {
  constructor(
    private readonly store: ExportStore,
    private readonly audit: AuditEntries,
  ) {}

  /** @param counted is told the bytes of each piece */
  read(userId: UserId, at: Date, counted: (bytes: number) => void): Readable {
    return Readable.from(this.pieces(userId, at, counted), { objectMode: false });
  }

  private async *pieces(userId: UserId, at: Date, counted: (bytes: number) => void): AsyncGenerator<Buffer> {
    for await (const text of this.texts(userId, at)) {
      const piece = Buffer.from(text);
      counted(piece.length);
      yield piece;
    }
  }

  private async *texts(userId: UserId, at: Date): AsyncGenerator<string> {
    yield `{"userId":${JSON.stringify(userId)},"exportedAt":${JSON.stringify(at.toISOString())}`;
    for (const section of EXPORT_SECTIONS) yield* asArray(section.name, this.rowsOf(section, userId));
    yield* asArray('auditAsActor', this.auditOf({ actor: `user:${userId}` }));
    yield* asArray('auditAsTarget', this.auditOf({ target: `user:${userId}` }));
    yield '}\n';
  }

  private async *rowsOf(section: ExportSection, userId: UserId): Rows {
    let after: string | undefined;
    do {
      const { rows, next } = await this.store.page(section, userId, after);
      yield rows;
      after = next;
    } while (after !== undefined);
  }

  private async *auditOf(filter: { actor?: string; target?: string }): Rows {
    let cursor: string | undefined;
    do {
      const query = AuditListQuery.parse({ ...filter, limit: AUDIT_PAGE, cursor });
      const page = await this.audit.list(query, true);
      yield page.data;
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}

async function* asArray(name: string, pages: Rows): AsyncGenerator<string> {
  yield `,\n${JSON.stringify(name)}:[`;
  let separator = '';
  for await (const rows of pages) {
    if (rows.length === 0) continue;
    yield separator + rows.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield ']';
}
