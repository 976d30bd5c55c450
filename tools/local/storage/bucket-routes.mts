import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../http.mts';
import { errors } from './errors.mts';
import { requireServiceKey, type StorageState } from './state.mts';

/** `GET /bucket`, `POST /bucket`, `GET /bucket/{id}`. */
export async function bucketRoute(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
  [id]: readonly string[],
): Promise<void> {
  requireServiceKey(state, request);
  if (request.method === 'POST' && !id) return createBucket(state, request, response);
  if (request.method !== 'GET') throw errors.noRoute(`${request.method} /bucket`);
  if (!id) return sendJson(response, 200, state.files.buckets());
  const bucket = state.files.bucket(id);
  if (!bucket) throw errors.noBucket();
  sendJson(response, 200, bucket);
}

async function createBucket(
  { files }: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { id, public: isPublic } = await readJson(request);
  if (typeof id !== 'string' || id === '' || id.includes('/')) throw errors.invalidName(String(id));
  if (files.bucket(id)) throw errors.bucketExists();
  files.createBucket(id, isPublic === true);
  sendJson(response, 200, { name: id });
}
