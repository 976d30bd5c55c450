import { HOUR, MINUTE, secondsAfter } from '../../../shared/clock';
import { failuresWithin, tooManyFailures } from './failure-rules';

const START = new Date('2027-01-01T00:00:00Z');
const everyMinute = (count: number) =>
  Array.from({ length: count }, (_, index) => secondsAfter(START, index * MINUTE));

describe('wrong codes of an account', () => {
  it('are ten an hour', () => {
    const now = secondsAfter(START, 30 * MINUTE);
    expect(tooManyFailures(everyMinute(9), now)).toBeUndefined();
    const refusal = tooManyFailures(everyMinute(10), now);
    expect(refusal?.code).toBe('rate_limited');
    expect(refusal?.details.retryAfterSeconds).toBe(30 * MINUTE);
  });

  it('wait until the tenth from the end is an hour old', () => {
    const now = secondsAfter(START, 30 * MINUTE);
    expect(tooManyFailures(everyMinute(13), now)?.details.retryAfterSeconds).toBe(33 * MINUTE);
  });

  it('are forgotten after an hour', () => {
    const failures = everyMinute(10);
    expect(failuresWithin(failures, secondsAfter(START, HOUR - 1))).toHaveLength(10);
    expect(failuresWithin(failures, secondsAfter(START, HOUR))).toEqual(failures.slice(1));
    expect(failuresWithin(failures, secondsAfter(START, 2 * HOUR))).toEqual([]);
  });
});
