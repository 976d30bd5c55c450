import type { Readable } from 'node:stream';
import { ObjectStorage, type StoredObject } from '../../src/platform/storage/object-storage';

/** Knows which objects are there, and no bytes. */
export class MemoryStorage extends ObjectStorage {
  readonly paths = new Set<string>();

  async ping(): Promise<void> {}

  async signUpload(path: string): Promise<string> {
    return `memory:${path}`;
  }

  async signDownload(path: string): Promise<string | undefined> {
    return this.paths.has(path) ? `memory:${path}` : undefined;
  }

  async describe(path: string): Promise<StoredObject | undefined> {
    return this.paths.has(path) ? { bytes: 0, contentType: 'application/octet-stream' } : undefined;
  }

  async put(path: string): Promise<void> {
    this.paths.add(path);
  }

  async putStream(path: string, content: () => Readable): Promise<void> {
    for await (const _ of content());
    this.paths.add(path);
  }

  async remove(paths: readonly string[]): Promise<void> {
    for (const path of paths) this.paths.delete(path);
  }
}
