import { eachApart } from './each-apart';

describe('each apart', () => {
  const halve = async (value: number) => {
    if (value % 2 === 1) throw new Error(`${value} is odd`);
    return value / 2;
  };

  it('gives what each gave', async () => {
    expect(await eachApart([2, 4], halve, () => undefined)).toEqual([1, 2]);
  });

  it('lets each have its turn, tells of each failure, and fails in the end', async () => {
    const told: number[] = [];
    const tried: number[] = [];
    const work = (value: number) => {
      tried.push(value);
      return halve(value);
    };
    await expect(eachApart([1, 2, 3], work, (_error, value) => told.push(value))).rejects.toThrow('1 is odd');
    expect([tried, told]).toEqual([
      [1, 2, 3],
      [1, 3],
    ]);
  });
});
