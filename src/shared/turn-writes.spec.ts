import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TurnWrites } from './turn-writes';

class Recorded extends Writable {
  /** What left in one write each. */
  readonly writes: string[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()).join(''));
    done();
  }
}

function send(writes: TurnWrites, stream: Writable, text: string): void {
  writes.gather(stream);
  stream.write(text);
}

describe('what is written in one turn', () => {
  it('leaves together, also from callbacks within it, and each turn for itself', async () => {
    const [writes, stream] = [new TurnWrites(), new Recorded()];
    send(writes, stream, 'a');
    await Promise.resolve().then(() => send(writes, stream, 'b'));
    expect(stream.writes).toEqual([]);
    await nextTurn();
    send(writes, stream, 'c');
    await nextTurn();
    expect(stream.writes).toEqual(['ab', 'c']);
  });

  it('does not wait for a stream that took its place', async () => {
    const [writes, broken, next] = [new TurnWrites(), new Recorded(), new Recorded()];
    send(writes, broken, 'a');
    broken.destroy();
    send(writes, next, 'b');
    await nextTurn();
    send(writes, next, 'c');
    await nextTurn();
    expect([broken.writes, next.writes]).toEqual([[], ['b', 'c']]);
  });
});
