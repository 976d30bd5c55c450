import { BatchedLines } from './batched-lines';

function recorder() {
  const batches: string[] = [];
  let written = 0;
  const destination = {
    write: (batch: string) => batches.push(batch),
    flushSync: () => {
      written = batches.length;
    },
  };
  return { destination, batches, written: () => written };
}

describe('BatchedLines', () => {
  it('hands lines over together, in order, once there are enough', () => {
    const { destination, batches } = recorder();
    const lines = new BatchedLines(destination);
    const line = `${'x'.repeat(1_000)}\n`;
    for (let index = 0; index < 40; index += 1) lines.write(line);
    lines.flush();
    expect(batches.join('')).toBe(line.repeat(40));
    expect(batches.length).toBe(3);
  });

  it('hands over nothing when there is nothing', () => {
    const { destination, batches } = recorder();
    new BatchedLines(destination).flush();
    expect(batches).toEqual([]);
  });

  it('has everything written when asked to', () => {
    const { destination, batches, written } = recorder();
    const lines = new BatchedLines(destination);
    lines.write('one\n');
    lines.flushSync();
    expect(batches).toEqual(['one\n']);
    expect(written()).toBe(1);
  });
});
