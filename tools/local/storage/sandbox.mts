import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { close, createServer, listen, sendJson } from '../http.mts';
import { bucketRoute } from './bucket-routes.mts';
import { errors } from './errors.mts';
import { objectRoute } from './object-routes.mts';
import { ObjectFiles } from './objects.mts';
import type { StorageState } from './state.mts';
import { Tokens } from './tokens.mts';

export interface StorageConfig {
  readonly folder: string;
  /** The only key that may do anything without a signed URL. */
  readonly serviceKey: string;
  /** The one private bucket that is there from the start. */
  readonly bucket: string;
}

export interface StorageSandbox {
  readonly port: number;
  close(): Promise<void>;
}

const BASE = '/storage/v1/';

/**
 * The routes of Supabase Storage that `@supabase/storage-js` calls for us: buckets, upload, download, signed URLs,
 * list and remove. A port of 0 is chosen by the system.
 */
export async function startStorage(config: StorageConfig, port: number): Promise<StorageSandbox> {
  const { folder, serviceKey, bucket } = config;
  const files = new ObjectFiles(path.resolve(folder));
  if (!files.bucket(bucket)) files.createBucket(bucket, false);
  const state: StorageState = { files, tokens: new Tokens(serviceKey), serviceKey };
  const server = createServer((request, response, url) => route(state, request, response, url));
  return { port: await listen(server, port), close: () => close(server) };
}

async function route(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  if (!url.pathname.startsWith(BASE)) throw errors.noRoute(url.pathname);
  const [kind, ...rest] = url.pathname.slice(BASE.length).split('/').map(decodeURIComponent);
  if (kind === 'status') return sendJson(response, 200, { status: 'ok' });
  if (kind === 'bucket') return bucketRoute(state, request, response, rest);
  if (kind === 'object') return objectRoute(state, request, response, rest, url);
  throw errors.noRoute(url.pathname);
}
