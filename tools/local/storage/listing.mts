import type { ObjectInfo } from './objects.mts';

interface Entry {
  readonly name: string;
  readonly id: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly last_accessed_at: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/**
 * One level of a folder, as `POST /object/list/{bucket}` answers it: objects, and folders as entries without an id.
 * @param query the body of the request: `prefix`, `limit`, `offset`, `search`
 */
export function listFolder(
  objects: readonly ObjectInfo[],
  query: Readonly<Record<string, unknown>>,
): Entry[] {
  const folder = String(query.prefix ?? '').replace(/\/+$/, '');
  const start = folder ? `${folder}/` : '';
  const search = String(query.search ?? '').toLowerCase();
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    if (!object.name.startsWith(start)) continue;
    const [name = '', ...deeper] = object.name.slice(start.length).split('/');
    if (!name.toLowerCase().includes(search)) continue;
    entries.set(name, deeper.length > 0 ? folderEntry(name) : objectEntry(object, name));
  }
  const offset = Number(query.offset ?? 0);
  return [...entries.values()].slice(offset, offset + Number(query.limit ?? 100));
}

/** An object as lists and removals show it. */
export function objectEntry(object: ObjectInfo, name: string): Entry {
  const { id, createdAt, updatedAt, size, contentType, cacheControl, etag } = object;
  const metadata = {
    size,
    mimetype: contentType,
    cacheControl,
    eTag: etag,
    contentLength: size,
    lastModified: updatedAt,
    httpStatusCode: 200,
  };
  return {
    name,
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    last_accessed_at: updatedAt,
    metadata,
  };
}

function folderEntry(name: string): Entry {
  return { name, id: null, created_at: null, updated_at: null, last_accessed_at: null, metadata: null };
}
