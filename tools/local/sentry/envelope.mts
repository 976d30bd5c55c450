import { HttpError } from '../http.mts';

/** One item of an envelope. */
export interface Item {
  /** `event`, `transaction`, `client_report`, … */
  readonly type: string;
  readonly payload: unknown;
}

const NEWLINE = 0x0a;

/**
 * Reads an envelope (https://develop.sentry.dev/sdk/data-model/envelopes/): a line of headers, then for each item a
 * line of headers and its payload, as long as `length` says or to the end of its line.
 * @throws HttpError 400 when it is none
 */
export function readEnvelope(body: Buffer): { readonly headers: unknown; readonly items: readonly Item[] } {
  const lines = new Cursor(body);
  const headers = parse(lines.line());
  const items: Item[] = [];
  while (!lines.atEnd) {
    const text = lines.line();
    if (text === '') continue;
    const { type, length } = parse(text) as { type?: string; length?: number };
    const payload = length === undefined ? lines.line() : lines.bytes(length);
    items.push({ type: String(type), payload: parse(payload) });
  }
  return { headers, items };
}

class Cursor {
  readonly #body: Buffer;
  #at = 0;

  constructor(body: Buffer) {
    this.#body = body;
  }

  get atEnd(): boolean {
    return this.#at >= this.#body.length;
  }

  line(): string {
    const found = this.#body.indexOf(NEWLINE, this.#at);
    const end = found === -1 ? this.#body.length : found;
    const text = this.#body.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  bytes(length: number): string {
    const text = this.#body.toString('utf8', this.#at, this.#at + length);
    this.#at += length;
    return text;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, { detail: 'invalid event envelope' });
  }
}
