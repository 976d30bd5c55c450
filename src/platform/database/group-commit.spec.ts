import { DatabaseUnavailable, RowsLocked } from './database.errors';
import { GroupCommit } from './group-commit';

interface Row {
  readonly name: string;
  readonly bytes: number;
}

const BOUNDS = { mostRows: 3, mostBytes: 100, bytesOf: ({ bytes }: Row) => bytes };
const row = (name: string, bytes = 1): Row => ({ name, bytes });
const shout = ({ name }: Row) => name.toUpperCase();

/** Writes as it is told to; what was written together is in `writes`. */
function commitWith(write: (rows: readonly Row[]) => Promise<void> = async () => undefined) {
  const writes: string[][] = [];
  const commit = new GroupCommit<Row, string>(async (rows) => {
    writes.push(rows.map(({ name }) => name));
    await write(rows);
    return shout;
  }, BOUNDS);
  const addAll = (...rows: readonly Row[]) => Promise.allSettled(rows.map((one) => commit.add(one)));
  return { addAll, writes };
}

const fulfilled = (value: string) => ({ status: 'fulfilled', value });
const rejected = (reason: Error) => ({ status: 'rejected', reason });

describe('GroupCommit', () => {
  it('writes together what comes at once, and answers each row for itself', async () => {
    const { addAll, writes } = commitWith();
    expect(await addAll(row('a'), row('b'))).toEqual([fulfilled('A'), fulfilled('B')]);
    expect(writes).toEqual([['a', 'b']]);
  });

  it('writes one batch after the other: what comes meanwhile goes into the next', async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const { addAll, writes } = commitWith(async () => {
      begun.resolve();
      await ended.promise;
    });
    const first = addAll(row('a'));
    await begun.promise;
    const second = addAll(row('b'), row('c'));
    expect(writes).toEqual([['a']]);
    ended.resolve();
    expect(await Promise.all([first, second])).toHaveLength(2);
    expect(writes).toEqual([['a'], ['b', 'c']]);
  });

  it('goes on after a pause', async () => {
    const { addAll, writes } = commitWith();
    await addAll(row('a'));
    await addAll(row('b'));
    expect(writes).toEqual([['a'], ['b']]);
  });

  it('keeps to the bounds on rows and bytes, and writes at least one', async () => {
    const { addAll, writes } = commitWith();
    await addAll(
      row('a'),
      row('b'),
      row('c'),
      row('d'),
      row('e', 99),
      row('huge', 1_000),
      row('f', 60),
      row('g', 60),
    );
    expect(writes).toEqual([['a', 'b', 'c'], ['d', 'e'], ['huge'], ['f'], ['g']]);
  });

  it.each([
    { error: new Error('no such value'), why: 'cannot be stored' },
    { error: new RowsLocked(), why: 'is held by somebody else' },
  ])('fails nobody else when a row $why', async ({ error }) => {
    const { addAll, writes } = commitWith(async (rows) => {
      if (rows.some(({ name }) => name === 'bad')) throw error;
    });
    expect(await addAll(row('a'), row('bad'), row('b'))).toEqual([
      fulfilled('A'),
      rejected(error),
      fulfilled('B'),
    ]);
    expect(writes).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
  });

  it('fails everybody at once without a database, and not for ever', async () => {
    const away = new DatabaseUnavailable();
    let isAway = true;
    const { addAll, writes } = commitWith(async () => {
      if (isAway) throw away;
    });
    expect(await addAll(row('a'), row('b'))).toEqual([rejected(away), rejected(away)]);
    isAway = false;
    expect(await addAll(row('c'))).toEqual([fulfilled('C')]);
    expect(writes).toEqual([['a', 'b'], ['c']]);
  });
});
