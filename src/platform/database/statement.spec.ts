import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { statement } from './statement';

interface Tables {
  things: { id: string; owner: string; size: number };
}

function recordingDatabase() {
  const sent: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query: { sql, parameters } }) => {
      sent.push({ sql, parameters });
    },
  });
  return { db, sent };
}

describe('statement', () => {
  it('sends the values of each call under the SQL of the first', async () => {
    const { db, sent } = recordingDatabase();
    const build = jest.fn((kysely: Kysely<Tables>, owner: string, size: number) =>
      kysely
        .selectFrom('things')
        .select('id')
        .where('owner', '=', owner)
        .where('size', '>', size)
        .where('id', '!=', owner),
    );
    const things = statement(build);
    await things(db, 'ada', 1);
    await things(db, 'bob', 2);
    expect(build).toHaveBeenCalledTimes(1);
    expect(sent.map(({ parameters }) => parameters)).toEqual([
      ['ada', 1, 'ada'],
      ['bob', 2, 'bob'],
    ]);
    expect(sent[0]?.sql).toBe(sent[1]?.sql);
  });

  it('keeps the constants of the statement', async () => {
    const { db, sent } = recordingDatabase();
    const large = statement((kysely: Kysely<Tables>, owner: string) =>
      kysely.selectFrom('things').select('id').where('size', '>', 100).where('owner', '=', owner),
    );
    await large(db, 'ada');
    expect(sent[0]?.parameters).toEqual([100, 'ada']);
  });
});
