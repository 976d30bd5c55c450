import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { FirstUse } from '../../shared/first-use';
import { ArchiveStorage } from './archive-storage';

const CONNECT_MS = 2_000;
/** Of a connection that says nothing: no answer, or no further byte of one. */
const SILENCE_MS = 30_000;
const ATTEMPTS = 3;
/** S3 takes parts of 5 MiB and more: this much is in memory at once, whatever the size of the object. */
const PART_BYTES = 8 * 1024 * 1024;

export interface S3ArchiveOptions {
  readonly bucket: string;
  readonly region: string;
  /** Another S3 than Amazon's; buckets are then named in the path. */
  readonly endpoint?: string | undefined;
  /** How long it may say nothing in the middle of a call; half a minute unless given. */
  readonly silenceMs?: number;
}

/** S3. The client is loaded at its first use: few processes ever archive. */
export class S3ArchiveStorage extends ArchiveStorage {
  private readonly client = new FirstUse(() => this.connect());

  constructor(private readonly options: S3ArchiveOptions) {
    super();
  }

  async put(key: string, content: Readable | Buffer): Promise<number> {
    if (Buffer.isBuffer(content)) return this.putWhole(key, content);
    const parts = inParts(content);
    const first = await parts.next();
    const second = await parts.next();
    if (second.done) return this.putWhole(key, first.done ? Buffer.alloc(0) : first.value);
    return this.putParts(key, chained(first.value ?? Buffer.alloc(0), second.value, parts));
  }

  async get(key: string): Promise<Readable | undefined> {
    const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
    const client = await this.client.get();
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: this.options.bucket, Key: key }));
      return Body instanceof Readable ? Body : Readable.from([]);
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async *keys(prefix: string): AsyncGenerator<string> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const client = await this.client.get();
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client },
      { Bucket: this.options.bucket, Prefix: prefix },
    )) {
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
    }
  }

  close(): Promise<void> {
    return this.client.close((client) => client.destroy());
  }

  private async putWhole(key: string, content: Buffer): Promise<number> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.client.get();
    await client.send(new PutObjectCommand({ Bucket: this.options.bucket, Key: key, Body: content }));
    return content.length;
  }

  private async putParts(key: string, parts: AsyncIterable<Buffer>): Promise<number> {
    const s3 = await import('@aws-sdk/client-s3');
    const client = await this.client.get();
    const target = { Bucket: this.options.bucket, Key: key };
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand(target));
    const upload = { ...target, UploadId };
    try {
      const done: { ETag: string | undefined; PartNumber: number }[] = [];
      let bytes = 0;
      for await (const part of parts) {
        const PartNumber = done.length + 1;
        const { ETag } = await client.send(new s3.UploadPartCommand({ ...upload, PartNumber, Body: part }));
        done.push({ ETag, PartNumber });
        bytes += part.length;
      }
      await client.send(
        new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: done } }),
      );
      return bytes;
    } catch (error) {
      // parts of an upload that never ends are paid for all the same
      await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  private async connect(): Promise<S3Client> {
    const { S3Client } = await import('@aws-sdk/client-s3');
    const { region, endpoint, silenceMs = SILENCE_MS } = this.options;
    return new S3Client({
      region,
      maxAttempts: ATTEMPTS,
      requestHandler: { socketTimeout: silenceMs, connectionTimeout: CONNECT_MS },
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    });
  }
}

async function* inParts(content: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    held.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

async function* chained(
  first: Buffer,
  second: Buffer,
  others: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  yield first;
  yield second;
  yield* others;
}
