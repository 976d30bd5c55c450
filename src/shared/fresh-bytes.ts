import { randomFillSync } from 'node:crypto';

const drawn = Buffer.alloc(4_096);
let used = drawn.length;

/**
 * Bytes from the system's generator, given out once; at most 4,096, and to be used before the next call. They are drawn for
 * many at once: each call of the generator takes longer than to encrypt, or to make an id.
 */
export function freshBytes(count: number): Buffer {
  if (used + count > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += count;
  return drawn.subarray(used - count, used);
}
