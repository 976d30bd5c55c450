import type { Readable } from 'node:stream';

/** What is kept for years: written once, read seldom. */
export abstract class ArchiveStorage {
  /** Replaces what is there under the same key. @returns the number of bytes */
  abstract put(key: string, content: Readable | Buffer): Promise<number>;
  /** @returns undefined where nothing is under the key */
  abstract get(key: string): Promise<Readable | undefined>;
  /** The keys that begin so, in their order. */
  abstract keys(prefix: string): AsyncIterable<string>;
}
