import pg from 'pg';

/** One statement on a connection of its own: tests look at the tables as somebody else. */
export async function sql<Row extends pg.QueryResultRow>(
  connectionString: string | undefined,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
