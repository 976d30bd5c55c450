import type { IncomingMessage, ServerResponse } from 'node:http';
import { readJson, sendJson } from '../http.mts';
import { errors } from './errors.mts';
import { listFolder, objectEntry } from './listing.mts';
import { requireBucket, requireServiceKey, type StorageState } from './state.mts';
import { readUpload } from './upload-body.mts';

const UPLOAD_URL_SECONDS = 2 * 60 * 60;

/** One request to `/object/…`, taken apart. */
interface Request {
  readonly state: StorageState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly bucket: string;
  readonly name: string;
}

/** `/object/list/{bucket}`, `/object/sign/…`, `/object/upload/sign/…`, `/object/{bucket}/{path}`. */
export async function objectRoute(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
  segments: readonly string[],
  url: URL,
): Promise<void> {
  const { action, place } = split(segments);
  const [bucket = '', ...name] = place;
  const method = request.method ?? '';
  const route = ROUTES[`${method} ${action}`.trim()];
  if (!route) throw errors.noRoute(`${method} /object/${action}`);
  await route({ state, request, response, query: url.searchParams, bucket, name: name.join('/') });
}

function split(segments: readonly string[]): { action: string; place: readonly string[] } {
  const [first = '', second] = segments;
  if (first === 'upload' && second === 'sign') return { action: 'upload/sign', place: segments.slice(2) };
  if (['list', 'sign', 'authenticated', 'info', 'public'].includes(first)) {
    return { action: first, place: segments.slice(1) };
  }
  return { action: '', place: segments };
}

const ROUTES: Readonly<Record<string, (request: Request) => Promise<void> | void>> = {
  POST: (request) =>
    authorised(request, () => upload(request, request.request.headers['x-upsert'] === 'true')),
  PUT: (request) => authorised(request, () => upload(request, true)),
  DELETE: (request) => authorised(request, () => remove(request)),
  GET: (request) => authorised(request, () => download(request)),
  'GET authenticated': (request) => authorised(request, () => download(request)),
  'GET info': (request) => authorised(request, () => describe(request)),
  'POST list': (request) => authorised(request, () => list(request)),
  'POST sign': (request) => authorised(request, () => signDownload(request)),
  'POST upload/sign': (request) => authorised(request, () => signUpload(request)),
  'GET sign': signedDownload,
  'PUT upload/sign': signedUpload,
};

async function authorised(
  { state, request, bucket }: Request,
  action: () => Promise<void> | void,
): Promise<void> {
  requireServiceKey(state, request);
  requireBucket(state, bucket);
  await action();
}

async function upload({ state, request, response, bucket, name }: Request, upsert: boolean): Promise<void> {
  if (name === '') throw errors.invalidName(name);
  const object = await readUpload(request);
  if (!upsert && state.files.info(bucket, name)) throw errors.objectExists();
  const { id } = state.files.put(bucket, name, object);
  sendJson(response, 200, { Id: id, Key: `${bucket}/${name}` });
}

function download({ state, response, query, bucket, name }: Request): void {
  const info = state.files.info(bucket, name);
  if (!info) throw errors.noObject();
  const fileName = query.get('download');
  if (fileName !== null) {
    const named = fileName ? `; filename*=UTF-8''${encodeURIComponent(fileName)}` : '';
    response.setHeader('content-disposition', `attachment${named}`);
  }
  response.writeHead(200, {
    'content-type': info.contentType,
    'content-length': info.size,
    'cache-control': info.cacheControl,
    etag: info.etag,
  });
  response.end(state.files.bytes(bucket, name));
}

function describe({ state, response, bucket, name }: Request): void {
  const info = state.files.info(bucket, name);
  if (!info) throw errors.noObject();
  const { id, size, contentType, cacheControl, etag, createdAt, updatedAt } = info;
  sendJson(response, 200, {
    ...{ id, name, size, etag, bucket_id: bucket, content_type: contentType, cache_control: cacheControl },
    ...{ created_at: createdAt, last_modified: updatedAt, metadata: {} },
  });
}

async function list({ state, request, response, bucket }: Request): Promise<void> {
  sendJson(response, 200, listFolder(state.files.list(bucket), await readJson(request)));
}

async function remove({ state, request, response, bucket }: Request): Promise<void> {
  const { prefixes } = await readJson(request);
  const names = Array.isArray(prefixes) ? prefixes.map(String) : [];
  const removed = names.flatMap((name) => state.files.remove(bucket, name) ?? []);
  sendJson(
    response,
    200,
    removed.map((object) => ({ ...objectEntry(object, object.name), bucket_id: bucket })),
  );
}

/** The path goes out as it is: the client encodes it, as it does with Supabase's. */
async function signDownload({ state, request, response, bucket, name }: Request): Promise<void> {
  if (!state.files.info(bucket, name)) throw errors.noObject();
  const { expiresIn } = await readJson(request);
  const exp = Math.floor(Date.now() / 1_000) + Number(expiresIn);
  const token = state.tokens.sign({ use: 'download', url: `${bucket}/${name}`, upsert: false, exp });
  sendJson(response, 200, { signedURL: `/object/sign/${bucket}/${name}?token=${token}` });
}

function signUpload({ state, request, response, bucket, name }: Request): void {
  const upsert = request.headers['x-upsert'] === 'true';
  if (!upsert && state.files.info(bucket, name)) throw errors.objectExists();
  const exp = Math.floor(Date.now() / 1_000) + UPLOAD_URL_SECONDS;
  const token = state.tokens.sign({ use: 'upload', url: `${bucket}/${name}`, upsert, exp });
  sendJson(response, 200, { url: `/object/upload/sign/${bucket}/${name}?token=${token}`, token });
}

function signedDownload(request: Request): void {
  const { state, query, bucket, name } = request;
  state.tokens.verify(query.get('token') ?? '', 'download', `${bucket}/${name}`);
  download(request);
}

async function signedUpload(request: Request): Promise<void> {
  const { state, query, bucket, name } = request;
  const grant = state.tokens.verify(query.get('token') ?? '', 'upload', `${bucket}/${name}`);
  await upload(request, grant.upsert);
}
