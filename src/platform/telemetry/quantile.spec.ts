import fc from 'fast-check';
import { quantile } from './quantile';

const BOUNDS = [1, 2, 5, 10];

/** Cumulated as a histogram keeps them. */
function histogram(values: readonly number[]): Map<number, number> {
  const bounds = [...BOUNDS, Number.POSITIVE_INFINITY];
  return new Map(bounds.map((bound) => [bound, values.filter((value) => value <= bound).length]));
}

describe('a quantile of a histogram', () => {
  it('is nothing of nothing', () => {
    expect(quantile(new Map(), 0.5)).toBeUndefined();
    expect(quantile(histogram([]), 0.99)).toBeUndefined();
  });

  it('is the last bound for what is beyond it', () => {
    expect(quantile(histogram([100, 200]), 0.99)).toBe(10);
  });

  it('is in the bucket of the true one', () => {
    const values = fc.array(fc.double({ min: 0.001, max: 10, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.5, 0.95, 0.99), (given, share) => {
        const sorted = given.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const upper = BOUNDS.find((bound) => exact <= bound) ?? 0;
        const lower = BOUNDS.filter((bound) => bound < exact).at(-1) ?? 0;
        const found = quantile(histogram(given), share) ?? -1;
        expect(found).toBeGreaterThanOrEqual(lower);
        expect(found).toBeLessThanOrEqual(upper);
      }),
    );
  });
});
