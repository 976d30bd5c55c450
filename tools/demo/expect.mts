import { setTimeout as delay } from 'node:timers/promises';

const UNTIL_TIMEOUT_MS = 15_000;
const LOOK_EVERY_MS = 20;
const SHOWN_LENGTH = 600;

let made = 0;

/** How many expectations have held until now. */
export const checksMade = (): number => made;

/** Something was not as it should be. */
export class Mismatch extends Error {
  readonly what: string;
  readonly expected: string;
  readonly got: string;

  constructor(what: string, expected: string, got: unknown) {
    super(`${what}: expected ${expected}, got ${shown(got)}`);
    this.what = what;
    this.expected = expected;
    this.got = shown(got);
  }
}

/** @throws Mismatch unless both have the same JSON. */
export function expectEqual(what: string, got: unknown, expected: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Mismatch(what, shown(expected), got);
  made += 1;
}

/** @returns the text. @throws Mismatch unless it is a text that matches. */
export function expectText(what: string, got: unknown, pattern: RegExp): string {
  if (typeof got !== 'string' || !pattern.test(got)) throw new Mismatch(what, `a text like ${pattern}`, got);
  made += 1;
  return got;
}

/** @throws Mismatch unless it holds. */
export function expectThat(what: string, holds: boolean, expected: string, got: unknown): void {
  if (!holds) throw new Mismatch(what, expected, got);
  made += 1;
}

/**
 * Looks again and again until `accept` finds what it looks for in what `probe` sees.
 * @throws Mismatch with what was seen last when that takes over 15 s
 */
export async function until<Seen, Found>(
  what: string,
  expected: string,
  probe: () => Promise<Seen>,
  accept: (seen: Seen) => Found | undefined,
): Promise<Found> {
  const end = performance.now() + UNTIL_TIMEOUT_MS;
  for (;;) {
    const seen = await probe();
    const found = accept(seen);
    if (found !== undefined) {
      made += 1;
      return found;
    }
    if (performance.now() > end) throw new Mismatch(`${what} (after ${UNTIL_TIMEOUT_MS} ms)`, expected, seen);
    await delay(LOOK_EVERY_MS);
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)} …` : text;
}
