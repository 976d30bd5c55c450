import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly public: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What is kept beside the bytes of an object. */
export interface ObjectInfo {
  readonly id: string;
  /** The path inside the bucket, with slashes. */
  readonly name: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly size: number;
  readonly etag: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type NewObject = Pick<ObjectInfo, 'contentType' | 'cacheControl'> & { readonly bytes: Buffer };

/** Buckets and objects as files. Names never become paths: a file is called by the hash of its object's name. */
export class ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  buckets(): Bucket[] {
    return readdirSync(this.#folder).flatMap(
      (name) => read<Bucket>(path.join(this.#folder, name, 'bucket')) ?? [],
    );
  }

  bucket(id: string): Bucket | undefined {
    return read<Bucket>(path.join(this.#bucketFolder(id), 'bucket'));
  }

  createBucket(id: string, isPublic: boolean): Bucket {
    const now = new Date().toISOString();
    const bucket = { id, name: id, public: isPublic, created_at: now, updated_at: now };
    mkdirSync(this.#bucketFolder(id), { recursive: true });
    write(path.join(this.#bucketFolder(id), 'bucket'), JSON.stringify(bucket));
    return bucket;
  }

  info(bucket: string, name: string): ObjectInfo | undefined {
    return read<ObjectInfo>(this.#file(bucket, name, 'json'));
  }

  bytes(bucket: string, name: string): Buffer {
    return readFileSync(this.#file(bucket, name, 'bytes'));
  }

  put(bucket: string, name: string, object: NewObject): ObjectInfo {
    const before = this.info(bucket, name);
    const now = new Date().toISOString();
    const info: ObjectInfo = {
      id: before?.id ?? randomUUID(),
      name,
      contentType: object.contentType,
      cacheControl: object.cacheControl,
      size: object.bytes.length,
      etag: `"${createHash('md5').update(object.bytes).digest('hex')}"`,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
    write(this.#file(bucket, name, 'bytes'), object.bytes);
    write(this.#file(bucket, name, 'json'), JSON.stringify(info));
    return info;
  }

  /** Removes an object and returns what it was. */
  remove(bucket: string, name: string): ObjectInfo | undefined {
    const info = this.info(bucket, name);
    for (const kind of ['json', 'bytes']) rmSync(this.#file(bucket, name, kind), { force: true });
    return info;
  }

  /** Every object of a bucket, by name. */
  list(bucket: string): ObjectInfo[] {
    const folder = this.#bucketFolder(bucket);
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const found = files.flatMap((file) => read<ObjectInfo>(path.join(folder, file)) ?? []);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #bucketFolder(id: string): string {
    return path.join(this.#folder, hash(id));
  }

  #file(bucket: string, name: string, kind: string): string {
    return path.join(this.#bucketFolder(bucket), `${hash(name)}.${kind}`);
  }
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function read<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

function write(file: string, content: string | Buffer): void {
  writeFileSync(`${file}.draft`, content);
  renameSync(`${file}.draft`, file);
}
