import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly bytes: number;
  readonly contentType: string;
}

/** How long Supabase lets an upload URL be used. */
export const UPLOAD_URL_SECONDS = 7_200;

/** User media and exports. Every call throws `StorageUnavailable` when the storage does not answer in time. */
export abstract class ObjectStorage {
  /** @throws Error when the bucket does not answer in time */
  abstract ping(): Promise<void>;

  /** A URL that takes one PUT of the object, once, for two hours: what is there is never replaced. */
  abstract signUpload(path: string): Promise<string>;

  /**
   * @param seconds how long the URL is good
   * @returns undefined when there is no such object
   */
  abstract signDownload(path: string, seconds: number): Promise<string | undefined>;

  /** @returns undefined when there is no such object */
  abstract describe(path: string): Promise<StoredObject | undefined>;

  /** Replaces what is there. */
  abstract put(path: string, body: Buffer, contentType: string): Promise<void>;

  /**
   * Replaces what is there by what comes, piece by piece, within ten minutes.
   * @param content begins anew for each try
   */
  abstract putStream(path: string, content: () => Readable, contentType: string): Promise<void>;

  /** Up to 1,000 at once. Removing what is not there is fine. */
  abstract remove(paths: readonly string[]): Promise<void>;
}
