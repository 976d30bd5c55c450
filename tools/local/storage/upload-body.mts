import type { IncomingMessage } from 'node:http';
import { readBody } from '../http.mts';
import { errors } from './errors.mts';
import type { NewObject } from './objects.mts';

const LIMIT_BYTES = 50 * 1024 * 1024;

/** The uploaded object: the bare body, or the nameless file of a form, which is how the client sends a Blob. */
export async function readUpload(request: IncomingMessage): Promise<NewObject> {
  const bytes = await readBody(request, LIMIT_BYTES);
  const contentType = request.headers['content-type'] ?? 'application/octet-stream';
  if (contentType.startsWith('multipart/form-data')) return fromForm(bytes, contentType);
  return { bytes, contentType, cacheControl: request.headers['cache-control'] ?? 'no-cache' };
}

async function fromForm(bytes: Buffer, contentType: string): Promise<NewObject> {
  const form = await new Response(new Uint8Array(bytes), {
    headers: { 'content-type': contentType },
  }).formData();
  const file = form.get('');
  if (!(file instanceof Blob)) throw errors.invalidName('no file in the form');
  const maxAge = form.get('cacheControl');
  return {
    bytes: Buffer.from(await file.arrayBuffer()),
    contentType: file.type || 'application/octet-stream',
    cacheControl: typeof maxAge === 'string' ? `max-age=${maxAge}` : 'no-cache',
  };
}
