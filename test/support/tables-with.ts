import type { Services } from './services';

/** Tables of ours with a row that says it, in whatever column. */
export async function tablesWith(services: Services, text: string): Promise<string[]> {
  const tables = await services.sql<{ name: string }>(
    `select 'loopin.' || c.relname as name from pg_class c
     where c.relnamespace = 'loopin'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const hex = Buffer.from(text).toString('hex');
  const looks = tables.map(
    ({ name }) =>
      `select '${name}' as name where exists (
        select from ${name} t where t::text like '%' || $1 || '%' or t::text like '%' || $2 || '%'
      )`,
  );
  const hits = await services.sql<{ name: string }>(looks.join(' union all '), [text, hex]);
  return hits.map(({ name }) => name).sort();
}
