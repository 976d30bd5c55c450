import { createHash } from 'node:crypto';

const MAX_NAMES = 1_000;
const names = new Map<string, string>();
let generation = 0;

/**
 * A stable name for a statement, so that Postgres plans it once a connection. Beyond the bound a statement stays
 * unnamed: SQL whose text varies without end must not fill the server's memory.
 */
export function statementName(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= MAX_NAMES) return '';
  const name = `q${createHash('sha256').update(sql).digest('base64url').slice(0, 20)}_${generation}`;
  names.set(sql, name);
  return name;
}

/**
 * Gives every statement a new name. A migration may change what a prepared statement answers; Postgres then refuses
 * it under its old name for as long as the connection lives.
 */
export function renameStatements(): void {
  generation += 1;
  names.clear();
}
