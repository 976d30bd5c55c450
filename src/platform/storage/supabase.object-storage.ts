import type { Readable } from 'node:stream';
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { FirstUse } from '../../shared/first-use';
import { ObjectStorage, type StoredObject } from './object-storage';
import { StorageUnavailable } from './storage.errors';

const TIMEOUT_MS = 5_000;
/** Of what is sent piece by piece. */
const STREAM_TIMEOUT_MS = 10 * 60_000;
const RETRIES = 2;
const BREAKER = { failures: 10, openMs: 10_000 };

/** What the client answers; its own types are too deep for the compiler. */
interface Answer<Data> {
  readonly data: Data | null;
  readonly error: { readonly name: string; readonly statusCode?: string | undefined } | null;
}

/** What is used of the client. */
interface Bucket {
  ping(): Promise<Answer<unknown>>;
  createSignedUploadUrl(path: string): Promise<Answer<{ signedUrl: string }>>;
  createSignedUrl(path: string, seconds: number): Promise<Answer<{ signedUrl: string }>>;
  info(path: string): Promise<Answer<{ size?: number | undefined; contentType?: string | undefined }>>;
  upload(
    path: string,
    body: Buffer | Readable,
    options: { contentType: string; upsert: true; duplex?: 'half' },
  ): Promise<Answer<unknown>>;
  remove(paths: string[]): Promise<Answer<unknown>>;
}

export interface SupabaseStorageOptions {
  readonly url: string;
  readonly serviceKey: string;
  readonly bucket: string;
}

/**
 * Supabase Storage (https://supabase.com/docs/reference/javascript/storage-from-createsigneduploadurl): 5 s a try, two
 * tries more, and none for 10 s after ten failures in a row. The client is loaded at its first use: it costs start-up time
 * that a health check can pay.
 */
export class SupabaseObjectStorage extends ObjectStorage {
  private readonly bucket = new FirstUse(() => this.connect(TIMEOUT_MS));
  private readonly streaming = new FirstUse(() => this.connect(STREAM_TIMEOUT_MS));
  private readonly calls: IPolicy = wrap(
    retry(handleAll, { maxAttempts: RETRIES, backoff: new ExponentialBackoff({ initialDelay: 100 }) }),
    circuitBreaker(handleAll, {
      halfOpenAfter: BREAKER.openMs,
      breaker: new ConsecutiveBreaker(BREAKER.failures),
    }),
  );

  constructor(private readonly options: SupabaseStorageOptions) {
    super();
  }

  async ping(): Promise<void> {
    const { error } = await (await this.bucket.get()).ping();
    if (error) throw new Error(`the bucket did not answer: ${error.name}`);
  }

  async signUpload(path: string): Promise<string> {
    const signed = await this.call((bucket) => bucket.createSignedUploadUrl(path));
    if (signed === undefined) throw new StorageUnavailable();
    return signed.signedUrl;
  }

  async signDownload(path: string, seconds: number): Promise<string | undefined> {
    return (await this.call((bucket) => bucket.createSignedUrl(path, seconds)))?.signedUrl;
  }

  async describe(path: string): Promise<StoredObject | undefined> {
    const info = await this.call((bucket) => bucket.info(path));
    return info && { bytes: info.size ?? 0, contentType: info.contentType ?? '' };
  }

  async put(path: string, body: Buffer, contentType: string): Promise<void> {
    await this.call((bucket) => bucket.upload(path, body, { contentType, upsert: true }));
  }

  async putStream(path: string, content: () => Readable, contentType: string): Promise<void> {
    const streaming = await this.streaming.get();
    const options = { contentType, upsert: true, duplex: 'half' } as const;
    await this.call(() => streaming.upload(path, content(), options));
  }

  async remove(paths: readonly string[]): Promise<void> {
    if (paths.length > 0) await this.call((bucket) => bucket.remove([...paths]));
  }

  /** @returns undefined when what was asked for is not there */
  private async call<Data>(ask: (bucket: Bucket) => Promise<Answer<Data>>): Promise<Data | undefined> {
    try {
      return await this.calls.execute(async () => {
        const { data, error } = await ask(await this.bucket.get());
        if (error && isMissing(error)) return undefined;
        if (error || data === null) throw new Error(`the storage refused: ${error?.name}`);
        return data;
      });
    } catch {
      throw new StorageUnavailable();
    }
  }

  private async connect(timeoutMs: number): Promise<Bucket> {
    const { createClient } = await import('@supabase/supabase-js');
    const { storage } = createClient(this.options.url, this.options.serviceKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }) },
    });
    const objects = storage.from(this.options.bucket);
    return {
      ping: () => storage.getBucket(this.options.bucket),
      createSignedUploadUrl: (path) => objects.createSignedUploadUrl(path),
      createSignedUrl: (path, seconds) => objects.createSignedUrl(path, seconds),
      info: (path) => objects.info(path),
      upload: (path, body, options) => objects.upload(path, body, options),
      remove: (paths) => objects.remove(paths),
    };
  }
}

/** Supabase says 400 and the real status in `statusCode`. */
const isMissing = ({ statusCode }: { readonly statusCode?: string | undefined }): boolean =>
  statusCode === '404';
