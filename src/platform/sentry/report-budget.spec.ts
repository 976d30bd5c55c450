import fc from 'fast-check';
import { ReportBudget } from './report-budget';

describe('how much is reported', () => {
  it('is five of a kind and sixty in all a minute', () => {
    const budget = new ReportBudget();
    const take = (kind: string, nowMs: number) => (budget.take(kind, nowMs) ? 1 : 0);
    let taken = 0;
    for (let index = 0; index < 1_000; index += 1) taken += take('one', index);
    expect(taken).toBe(5);
    for (let index = 0; index < 1_000; index += 1) taken += take(`kind ${index}`, index);
    expect(taken).toBe(60);
    expect(budget.take('one', 59_999)).toBe(false);
    expect(budget.take('one', 60_000)).toBe(true);
  });

  it('is bounded in any minute of any order of events', () => {
    const events = fc.array(fc.tuple(fc.nat(20), fc.nat(5_000)), { maxLength: 500 });
    fc.assert(
      fc.property(events, (steps) => {
        const budget = new ReportBudget();
        let nowMs = 0;
        const taken: number[] = [];
        for (const [kind, pauseMs] of steps) {
          nowMs += pauseMs;
          if (budget.take(String(kind), nowMs)) taken.push(nowMs);
        }
        for (const at of taken) {
          // a window that begins anywhere touches two of ours
          expect(taken.filter((other) => other >= at && other < at + 60_000).length).toBeLessThanOrEqual(120);
        }
      }),
    );
  });
});
