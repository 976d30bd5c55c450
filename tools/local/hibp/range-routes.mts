import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError, readJson, sendJson, sendNothing } from '../http.mts';

/** Known from the start, as in the real list. None is so common that our own list would refuse it before. */
const ALWAYS_LEAKED = ['Kettle-Stolen-771!'];
const PADDING_LINES = 20;
const RANGE = /^\/hibp\/range\/([0-9A-F]{5})$/;

/** Passwords that leaked, for as long as the process runs. */
export class LeakedRanges {
  readonly #hashes = new Set(ALWAYS_LEAKED.map(sha1));
  #answered = 0;
  /** A status to answer with in place of a range. */
  #fault: number | undefined;

  /**
   * `GET /hibp/range/ABCDE` as Have I Been Pwned answers it; `PUT /hibp/leaked {"passwords": […]}` adds some;
   * `PUT /hibp/fault {"status": 503}` refuses from then on, `{}` no more; `GET /hibp/calls` counts the ranges asked for.
   */
  async route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const prefix = RANGE.exec(url.pathname)?.[1];
    if (prefix !== undefined && request.method === 'GET') return this.#range(request, response, prefix);
    if (url.pathname === '/hibp/calls') return sendJson(response, 200, { count: this.#answered });
    if (request.method !== 'PUT') throw new HttpError(404, { error: 'there is only /hibp/range/ABCDE' });
    const body = await readJson(request);
    if (url.pathname === '/hibp/leaked') this.#leak(body.passwords);
    if (url.pathname === '/hibp/fault') this.#fault = Number(body.status) || undefined;
    sendNothing(response);
  }

  #leak(passwords: unknown): void {
    if (!Array.isArray(passwords)) throw new HttpError(400, { error: 'passwords must be a list' });
    for (const password of passwords) this.#hashes.add(sha1(String(password)));
  }

  #range(request: IncomingMessage, response: ServerResponse, prefix: string): void {
    this.#answered += 1;
    if (this.#fault !== undefined) throw new HttpError(this.#fault, { error: 'as ordered' });
    const seen = [...this.#hashes].filter((hash) => hash.startsWith(prefix));
    const padding = request.headers['add-padding'] === 'true' ? PADDING_LINES : 0;
    const lines = [
      ...seen.map((hash) => `${hash.slice(5)}:42`),
      ...Array.from({ length: padding }, (_, index) => `${sha1(`${prefix}${index}`).slice(5)}:0`),
    ];
    response.writeHead(200, { 'content-type': 'text/plain' }).end(lines.sort().join('\r\n'));
  }
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex').toUpperCase();
}
