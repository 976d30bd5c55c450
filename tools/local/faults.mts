import { HttpError } from './http.mts';

/** How a sandbox bends the next calls; its modes are its own, `ok` is none. */
export interface Fault<Mode extends string> {
  readonly mode: Mode | 'ok';
  /** Before the answer; with the two time-outs: until the connection is closed, never when 0. Milliseconds. */
  readonly delayMs: number;
  /** Seconds in the `Retry-After` of a 429. */
  readonly retryAfterSeconds: number;
}

const NONE = { mode: 'ok', delayMs: 0, retryAfterSeconds: 1 } as const;

/** What every provider's sandbox can do to a call. */
export const USUAL_FAULTS = [
  '429',
  '500',
  'timeout_before',
  'timeout_after',
  'reset',
  'empty_id',
  'partial_invalid',
  'invalid_json',
] as const;

/** Which fault the next calls meet, and how many of them. */
export class Faults<Mode extends string> {
  readonly #modes: readonly Mode[];
  #fault: Fault<Mode> = NONE;
  #left = Number.POSITIVE_INFINITY;

  constructor(modes: readonly Mode[]) {
    this.#modes = modes;
  }

  /**
   * From the body of `PUT /_sandbox/faults`.
   * @throws HttpError 400 naming what is wrong.
   */
  set(body: Readonly<Record<string, unknown>>): void {
    const modes = ['ok' as const, ...this.#modes];
    const mode = modes.find((one) => one === body.mode);
    if (!mode) throw new HttpError(400, { error: `mode must be one of ${modes.join(', ')}` });
    this.#left = wholeNumber(body, 'times', Number.POSITIVE_INFINITY);
    this.#fault = {
      mode,
      delayMs: wholeNumber(body, 'delayMs', NONE.delayMs),
      retryAfterSeconds: wholeNumber(body, 'retryAfterSeconds', NONE.retryAfterSeconds),
    };
  }

  /** The fault for one more call; after `times` calls all is well again. */
  take(): Fault<Mode> {
    if (this.#left <= 0) this.clear();
    this.#left -= 1;
    return this.#fault;
  }

  clear(): void {
    this.#fault = NONE;
    this.#left = Number.POSITIVE_INFINITY;
  }
}

function wholeNumber(body: Readonly<Record<string, unknown>>, name: string, usual: number): number {
  const value = body[name];
  if (value === undefined) return usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw new HttpError(400, { error: `${name} must be a whole number, 0 or more` });
}
