import { DAY } from '../../src/shared/clock';

export type Outcome = 'opened' | 'refresh_reused' | 'refresh_expired' | 'device_mismatch';

const PARALLEL_MS = 2_000;
const GRACE_MS = 30_000;
const REPLAYS = { early: 100, late: 5 };
const SLIDING_MS = 7 * DAY * 1_000;
const ABSOLUTE_MS = 90 * DAY * 1_000;

interface Token {
  readonly expiresAtMs: number;
  rotatedAtMs?: number;
  readonly replays: { early: number; late: number };
}

/**
 * The refresh rules as the API's documentation words them, over one family of tokens numbered in the order of their
 * making. It knows neither hashes nor rows: what it says is compared with what the service does.
 */
export class RefreshModel {
  ended = false;
  readonly #tokens: Token[];
  readonly #endsAtMs: number;

  constructor(openedAtMs: number);
  constructor(from: RefreshModel);
  constructor(from: number | RefreshModel) {
    const copied = from instanceof RefreshModel;
    this.#tokens = copied ? structuredClone(from.#tokens) : [tokenUntil(from + SLIDING_MS)];
    this.#endsAtMs = copied ? from.#endsAtMs : from + ABSOLUTE_MS;
    this.ended = copied && from.ended;
  }

  get rotations(): number {
    return this.#tokens.length - 1;
  }

  /** Since when a token has had a successor, in milliseconds; negative for the current one. */
  sinceRotation(index: number, nowMs: number): number {
    const rotatedAtMs = this.#tokens[index]?.rotatedAtMs;
    return rotatedAtMs === undefined ? -1 : nowMs - rotatedAtMs;
  }

  /** Somebody presents a token. @returns what the service has to say */
  present(index: number, fromOwnDevice: boolean, nowMs: number): Outcome {
    const token = this.#tokens[index];
    if (token === undefined) throw new Error(`there is no token ${index} yet`);
    if (this.ended) return 'refresh_reused';
    if (nowMs >= this.#endsAtMs) return 'refresh_expired';
    if (token.rotatedAtMs !== undefined) {
      this.ended = !(fromOwnDevice && mayReplay(token, nowMs - token.rotatedAtMs));
      return this.ended ? 'refresh_reused' : 'opened';
    }
    if (!fromOwnDevice) return 'device_mismatch';
    if (nowMs >= token.expiresAtMs) return 'refresh_expired';
    token.rotatedAtMs = nowMs;
    this.#tokens.push(tokenUntil(Math.min(nowMs + SLIDING_MS, this.#endsAtMs)));
    return 'opened';
  }
}

const tokenUntil = (expiresAtMs: number): Token => ({ expiresAtMs, replays: { early: 0, late: 0 } });

function mayReplay({ replays }: Token, ageMs: number): boolean {
  if (ageMs > GRACE_MS) return false;
  const window = ageMs < PARALLEL_MS ? 'early' : 'late';
  replays[window] += 1;
  return replays[window] <= REPLAYS[window];
}
