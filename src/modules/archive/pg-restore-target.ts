import { Client, escapeIdentifier } from 'pg';
import type { ArchivedRow } from './archive.store';
import { RestoreTarget } from './archive-restore';
import type { ManifestColumn } from './manifest';

const SCHEMA = 'loopin_restored';
const PAGE = 1_000;
const TYPE = /^[a-z]+$/;

/** A table of its own in the schema `loopin_restored`, which only the owner sees. */
export class PgRestoreTarget extends RestoreTarget {
  private readonly table: string;

  /** @param client of loopin_owner, connected */
  constructor(
    private readonly client: Client,
    name: string,
  ) {
    super();
    this.table = `${SCHEMA}.${escapeIdentifier(name)}`;
  }

  async create(columns: readonly ManifestColumn[]): Promise<void> {
    await this.client.query("set timezone to 'UTC'");
    await this.client.query(`create schema if not exists ${SCHEMA}`);
    const typed = columns.map(({ name, type }) => {
      if (!TYPE.test(type)) throw new Error(`${name} has a type that no archived column has`);
      return `${escapeIdentifier(name)} ${type}`;
    });
    await this.client.query(
      `create table ${this.table} (archive_line bigint primary key, ${typed.join(', ')})`,
    );
  }

  async add(rows: readonly ArchivedRow[], firstLine: number): Promise<void> {
    const numbered = rows.map((row, index) => ({ archive_line: firstLine + index, ...row }));
    await this.client.query(
      `insert into ${this.table} select * from json_populate_recordset(null::${this.table}, $1::json)`,
      [JSON.stringify(numbered)],
    );
  }

  async *read(columns: readonly ManifestColumn[]): AsyncGenerator<ArchivedRow> {
    const names = columns.map(({ name }) => escapeIdentifier(name)).join(', ');
    let line = 0;
    let rows: { row: ArchivedRow }[];
    do {
      ({ rows } = await this.client.query<{ row: ArchivedRow }>(
        `select row_to_json(r) as row
         from (select ${names} from ${this.table} where archive_line > $1 order by archive_line limit ${PAGE}) r`,
        [line],
      ));
      for (const { row } of rows) yield row;
      line += rows.length;
    } while (rows.length === PAGE);
  }
}
