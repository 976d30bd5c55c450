/**
 * Does one after the other, though some fail: none keeps the next from its turn.
 * @param told of each failure, when it happens
 * @returns what each gave, in order
 * @throws the first failure, once all had their turn: whoever asked for all of it must not take it for done
 */
export async function eachApart<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  told: (error: unknown, item: Item) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      results.push(await work(item));
    } catch (error) {
      told(error, item);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return results;
}
