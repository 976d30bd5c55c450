import { Injectable } from '@nestjs/common';
import { type ColumnType, type Generated, type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { type Template, type TemplateState, TemplateStore } from './template.store';
import type { Localizations, TemplateContent } from './templates.schema';

type Json<Value> = ColumnType<Value, string, never>;

interface TemplateTable {
  name: string;
  version: number;
  content: Json<TemplateContent>;
  localizations: Json<Localizations>;
  variables: string[];
  created_by: string;
  created_at: Date;
  deleted_at: Generated<Date | null>;
}

interface TemplateTables {
  'loopin.push_templates': TemplateTable;
}

const COLUMNS = ['name', 'version', 'content', 'localizations', 'variables', 'created_at'] as const;

@Injectable()
export class PgTemplateStore extends TemplateStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(limit: number, after: string | undefined): Promise<Template[]> {
    const rows = await saved(this.database.tables())
      .distinctOn('name')
      .$if(after !== undefined, (query) => query.where('name', '>', after ?? null))
      .orderBy('name')
      .orderBy('version', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toTemplate);
  }

  async find(name: string, version?: number): Promise<Template | undefined> {
    return findIn(this.database.tables(), name, version);
  }

  async lock(tx: Transaction, name: string): Promise<TemplateState> {
    const tables = tx.tables<TemplateTables>();
    await sql`select pg_advisory_xact_lock(hashtextextended(${`push_template:${name}`}, 0))`.execute(tables);
    const newest = await tables
      .selectFrom('loopin.push_templates')
      .select('version')
      .where('name', '=', name)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    return { newest: newest?.version ?? 0, current: await findIn(tables, name) };
  }

  async add(tx: Transaction, template: Template, createdBy: string): Promise<Template> {
    const row = await tx
      .tables<TemplateTables>()
      .insertInto('loopin.push_templates')
      .values({
        name: template.name,
        version: template.version,
        content: JSON.stringify(template.content),
        localizations: JSON.stringify(template.localizations),
        variables: [...template.variables],
        created_by: createdBy,
        created_at: template.createdAt,
      })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    return toTemplate(row);
  }

  async delete(tx: Transaction, name: string, now: Date): Promise<void> {
    await tx
      .tables<TemplateTables>()
      .updateTable('loopin.push_templates')
      .set({ deleted_at: now })
      .where('name', '=', name)
      .where('deleted_at', 'is', null)
      .execute();
  }
}

const saved = (tables: Kysely<TemplateTables>) =>
  tables.selectFrom('loopin.push_templates').select(COLUMNS).where('deleted_at', 'is', null);

async function findIn(
  tables: Kysely<TemplateTables>,
  name: string,
  version?: number,
): Promise<Template | undefined> {
  const row = await saved(tables)
    .where('name', '=', name)
    .$if(version !== undefined, (query) => query.where('version', '=', version ?? null))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toTemplate(row);
}

const toTemplate = (row: Pick<Selectable<TemplateTable>, (typeof COLUMNS)[number]>): Template => ({
  name: row.name,
  version: row.version,
  content: row.content,
  localizations: row.localizations,
  variables: row.variables,
  createdAt: row.created_at,
});
