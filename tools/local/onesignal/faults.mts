import { HttpError } from '../http.mts';

const MODES = [
  'ok',
  '429',
  '500',
  'timeout_before',
  'timeout_after',
  'reset',
  'empty_id',
  'partial_invalid',
  'invalid_json',
] as const;

type FaultMode = (typeof MODES)[number];

export interface Fault {
  readonly mode: FaultMode;
  /** Before the answer; with the two time-outs: until the connection is closed, never when 0. Milliseconds. */
  readonly delayMs: number;
  /** Seconds in the `Retry-After` of a 429. */
  readonly retryAfterSeconds: number;
}

const NONE: Fault = { mode: 'ok', delayMs: 0, retryAfterSeconds: 1 };

/** Which fault the next calls meet, and how many of them. */
export class Faults {
  #fault = NONE;
  #left = Number.POSITIVE_INFINITY;

  /**
   * From the body of `PUT /_sandbox/faults`.
   * @throws HttpError 400 naming what is wrong.
   */
  set(body: Readonly<Record<string, unknown>>): void {
    const mode = MODES.find((one) => one === body.mode);
    if (!mode) throw new HttpError(400, { error: `mode must be one of ${MODES.join(', ')}` });
    this.#left = wholeNumber(body, 'times', Number.POSITIVE_INFINITY);
    this.#fault = {
      mode,
      delayMs: wholeNumber(body, 'delayMs', NONE.delayMs),
      retryAfterSeconds: wholeNumber(body, 'retryAfterSeconds', NONE.retryAfterSeconds),
    };
  }

  /** The fault for one more call; after `times` calls all is well again. */
  take(): Fault {
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
