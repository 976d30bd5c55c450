/** Runs `work` for each item, so many at a time, and returns the results in order. */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/** 0 to `count - 1`. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
