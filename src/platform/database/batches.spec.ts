import { Batches } from './batches';

describe('batches', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** As many rows as there are, each of which takes so long. */
  const table = (rows: number, msPerRow: number) => {
    let left = rows;
    const batches: { limit: number; at: number }[] = [];
    const removeSome = async (limit: number): Promise<number> => {
      batches.push({ limit, at: performance.now() });
      const count = Math.min(limit, left);
      left -= count;
      jest.advanceTimersByTime(count * msPerRow);
      return count;
    };
    return { batches, removeSome };
  };

  const run = async (removeSome: (limit: number) => Promise<number>, maxMs = 60_000) => {
    const running = new Batches().run(removeSome, maxMs);
    await jest.advanceTimersByTimeAsync(maxMs);
    return running;
  };

  it('remove all there is, and tell how long the longest took', async () => {
    const { batches, removeSome } = table(1_200, 0.02);
    expect(await run(removeSome)).toEqual({ removed: 1_200, longestMs: 10, isDone: true });
    expect(batches.map(({ limit }) => limit)).toEqual([500, 500, 500]);
  });

  it('leave the database three quarters of the time', async () => {
    const { batches, removeSome } = table(1_000, 0.02);
    await run(removeSome);
    const [first, second] = batches;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(40);
  });

  it('become smaller where rows take long', async () => {
    const slow = table(1_000, 0.2);
    await run(slow.removeSome);
    expect(slow.batches.map(({ limit }) => limit).slice(0, 4)).toEqual([500, 250, 125, 62]);
    expect(Math.min(...slow.batches.map(({ limit }) => limit))).toBeGreaterThanOrEqual(50);
  });

  it('stop when their time is over, with more to do', async () => {
    const { removeSome } = table(100_000, 0.02);
    expect(await run(removeSome, 100)).toMatchObject({ removed: 1_500, isDone: false });
  });
});
