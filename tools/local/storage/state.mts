import type { IncomingMessage } from 'node:http';
import { errors } from './errors.mts';
import type { ObjectFiles } from './objects.mts';
import type { Tokens } from './tokens.mts';

/** What the routes of the storage sandbox share. */
export interface StorageState {
  readonly files: ObjectFiles;
  readonly tokens: Tokens;
  readonly serviceKey: string;
}

/** @throws HttpError unless the request carries the service key as bearer or as `apikey`. */
export function requireServiceKey({ serviceKey }: StorageState, { headers }: IncomingMessage): void {
  const bearer = headers.authorization?.replace(/^Bearer /i, '');
  if ((bearer ?? headers.apikey) !== serviceKey) throw errors.unauthorized();
}

/** @throws HttpError when there is no such bucket. */
export function requireBucket({ files }: StorageState, id: string): void {
  if (!files.bucket(id)) throw errors.noBucket();
}
