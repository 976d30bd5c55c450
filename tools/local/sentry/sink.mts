import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { createServer, HttpError, readBody, readJson, sendJson, sendNothing } from '../http.mts';
import { readEnvelope } from './envelope.mts';

/** The public key of the DSN that the local stack hands out. */
export const PUBLIC_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const ENVELOPES = /^\/api\/\d+\/envelope\/$/;
const KEY = /sentry_key=([0-9a-f]{32})/;
/** The oldest go first. */
const MOST_KEPT = 5_000;

interface Kept {
  readonly type: string;
  /** Of the whole envelope. */
  readonly headers: unknown;
  /** The item as it came: nothing is added or left out. */
  readonly event: unknown;
  readonly receivedAt: string;
}

/** What answers in place of 200 from now on; `hang` never answers. */
type Fault = number | 'hang' | undefined;

/**
 * `POST /api/1/envelope/` as Sentry takes it; `GET /_sandbox/events` shows every item, newest last;
 * `DELETE /_sandbox/events` forgets them; `PUT /_sandbox/fault {"status": 429}` or `{"hang": true}`, `{}` ends it.
 */
export function sentrySink(): Server {
  let kept: Kept[] = [];
  let fault: Fault;

  const take = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const raw = await readBody(request);
    if (fault === 'hang') return;
    if (fault !== undefined) throw new HttpError(fault, { detail: 'as ordered' });
    const given = KEY.exec(`${url.search} ${request.headers['x-sentry-auth'] ?? ''}`)?.[1];
    if (given !== PUBLIC_KEY) throw new HttpError(403, { detail: 'bad sentry DSN public key' });
    const { headers, items } = readEnvelope(
      request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw,
    );
    const receivedAt = new Date().toISOString();
    kept.push(...items.map(({ type, payload }) => ({ type, headers, event: payload, receivedAt })));
    kept = kept.slice(-MOST_KEPT);
    sendJson(response, 200, {});
  };

  return createServer(async (request, response, url) => {
    const call = `${request.method} ${url.pathname}`;
    if (request.method === 'POST' && ENVELOPES.test(url.pathname)) return take(request, response, url);
    if (call === 'GET /_sandbox/events') return sendJson(response, 200, kept);
    if (call === 'DELETE /_sandbox/events') {
      kept = [];
      return sendNothing(response);
    }
    if (call === 'PUT /_sandbox/fault') {
      const { status, hang } = await readJson(request);
      fault = hang === true ? 'hang' : Number(status) || undefined;
      return sendNothing(response);
    }
    throw new HttpError(404, { detail: 'there is /api/1/envelope/ and /_sandbox/events' });
  });
}
