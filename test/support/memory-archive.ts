import { Readable } from 'node:stream';
import { ArchiveStorage } from '../../src/platform/archive/archive-storage';

/** Keeps it all in memory. */
export class MemoryArchive extends ArchiveStorage {
  readonly objects = new Map<string, Buffer>();

  async put(key: string, content: Readable | Buffer): Promise<number> {
    const parts: Buffer[] = [];
    if (Buffer.isBuffer(content)) parts.push(content);
    else for await (const part of content) parts.push(part as Buffer);
    const whole = Buffer.concat(parts);
    this.objects.set(key, whole);
    return whole.length;
  }

  async *keys(prefix: string): AsyncGenerator<string> {
    yield* [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async get(key: string): Promise<Readable | undefined> {
    const found = this.objects.get(key);
    return found && Readable.from([found]);
  }
}
