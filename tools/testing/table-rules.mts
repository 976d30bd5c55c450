// What a migration that makes a table leaves to be said elsewhere. The integration tests hold the same against the
// database itself, column by column; here it costs no start of one.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const MADE = /^create table (?:if not exists )?loopin\.(\w+)\b(?! partition of)/gm;
/** The migrator's own. */
const NOT_OURS = 'applied_migrations';

/** The texts in which each table has its line. */
export interface TableLines {
  /** `src/data-classes.ts` and every `*.expiry.ts`. */
  readonly periods: string;
  /** `src/modules/privacy/personal-data`. */
  readonly personalData: string;
}

/** What is missing for the tables that a migration makes. */
export function tableFindings(sql: string, { periods, personalData }: TableLines): string[] {
  const tables = [...sql.matchAll(MADE)].flatMap(([, name = '']) => (name === NOT_OURS ? [] : [name]));
  return tables.flatMap((name) => [
    ...(periods.includes(`'loopin.${name}'`)
      ? []
      : [`makes loopin.${name}: say in src/data-classes.ts how long its rows are kept`]),
    ...(new RegExp(`line\\(\\s*'${name}'`).test(personalData)
      ? []
      : [`makes loopin.${name}: say in src/modules/privacy/personal-data what an erasure does with it`]),
  ]);
}

/** Reads them from the repository in which the command runs. */
export function readTableLines(): TableLines {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const textOf = (pattern: RegExp) =>
    sources
      .filter((file) => pattern.test(file))
      .map((file) => readFileSync(path.join('src', file), 'utf8'))
      .join('\n');
  return {
    periods: textOf(/^data-classes\.ts$|\.expiry\.ts$/),
    personalData: textOf(/^modules\/privacy\/personal-data\/[\w-]+\.data\.ts$/),
  };
}
