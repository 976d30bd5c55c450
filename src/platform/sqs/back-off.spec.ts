import fc from 'fast-check';
import { backOffSeconds } from './back-off';

const STEPS = [10, 60, 300, 900, 1_800];

describe('the back-off', () => {
  it('is a step within a fifth of itself, in whole seconds, and never longer than the last', () => {
    const random = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), random, (receives, chance) => {
        const seconds = backOffSeconds(receives, chance);
        const step = STEPS[Math.min(receives, STEPS.length) - 1] ?? 0;
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(Math.floor(step * 0.8));
        expect(seconds).toBeLessThanOrEqual(Math.ceil(step * 1.2));
      }),
    );
  });

  it('spreads', () => {
    expect([0, 0.5, 1].map((chance) => backOffSeconds(2, chance))).toEqual([48, 60, 72]);
  });

  it('has an answer for a count that the queue did not give', () => {
    expect(backOffSeconds(0, 0.5)).toBe(10);
  });
});
