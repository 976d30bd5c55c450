/**
 * A quantile out of a histogram, as Prometheus' `histogram_quantile` reckons it: evenly spread within a bucket.
 * @param buckets upper bound → how many were at or below it
 * @returns undefined when there was nothing
 */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | undefined {
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const all = sorted.at(-1)?.[1] ?? 0;
  if (all === 0) return undefined;
  const rank = share * all;
  let below = { bound: 0, count: 0 };
  for (const [bound, count] of sorted) {
    if (count >= rank && count > below.count) {
      // beyond the last bound nothing is known but that bound
      if (bound === Number.POSITIVE_INFINITY) return below.bound;
      return below.bound + ((bound - below.bound) * (rank - below.count)) / (count - below.count);
    }
    below = { bound, count };
  }
  return below.bound;
}
