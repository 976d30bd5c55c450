import { ObjectStorage } from './object-storage';

const TIMEOUT_MS = 2_000;

/** What is used of the client; its own type is too deep for the compiler. */
interface Bucket {
  ping(): Promise<void>;
}

export interface SupabaseStorageOptions {
  readonly url: string;
  readonly serviceKey: string;
  readonly bucket: string;
}

/** Supabase Storage. The client is loaded at its first use: it costs start-up time that a health check can pay. */
export class SupabaseObjectStorage extends ObjectStorage {
  private client: Promise<Bucket> | undefined;

  constructor(private readonly options: SupabaseStorageOptions) {
    super();
  }

  async ping(): Promise<void> {
    this.client ??= this.connect();
    await (await this.client).ping();
  }

  private async connect(): Promise<Bucket> {
    const { createClient } = await import('@supabase/supabase-js');
    const { storage } = createClient(this.options.url, this.options.serviceKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }) },
    });
    return {
      ping: async () => {
        const { error } = await storage.getBucket(this.options.bucket);
        if (error) throw new Error(`the bucket did not answer: ${error.name}`);
      },
    };
  }
}
