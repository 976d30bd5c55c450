import { COMMON_WORDS } from './common-words';

/** What an attacker's first guesses are made of, in place of a character each: a common word weighs 2, these 1. */
const TRACKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '!@#$%^&*()',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8',
].flatMap((track) => [track, [...track].reverse().join('')]);
const SHORTEST_RUN = 3;
const WORD_LENGTHS = { shortest: 4, longest: 14 };
const WORD_WEIGHT = 2;
const YEAR = /^(?:19|20)\d\d/;

const LEET: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '8': 'b',
  '3': 'e',
  '9': 'g',
  '1': 'i',
  '!': 'i',
  '|': 'l',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '+': 't',
};

/** Lower-cased, with digits and symbols read as the letters they stand for. */
export const withoutLeet = (text: string): string =>
  Array.from(text.toLowerCase(), (character) => LEET[character] ?? character).join('');

/**
 * How much of a password is its own: each character weighs 1, but a common word (leet or not) as a whole 2, and a run
 * on the keyboard, a year, a repetition as a whole 1. `Password2026!!` weighs 5, a random one as much as it is long.
 */
export function passwordWeight(password: string): number {
  const text = password.toLowerCase();
  const spellings = [text, withoutLeet(text), withoutLeet(text.replaceAll('1', 'l'))];
  // lightest[i]: the least weight of the first i characters
  const lightest = Array.from({ length: text.length + 1 }, (_, length) => length);
  for (let start = 0; start < text.length; start += 1) {
    const before = lightest[start] ?? start;
    const reach = (length: number, weight: number): void => {
      const end = start + length;
      lightest[end] = Math.min(lightest[end] ?? end, before + weight);
    };
    reach(1, 1);
    for (const length of patternsAt(text, start)) reach(length, 1);
    for (const length of wordsAt(spellings, start)) reach(length, WORD_WEIGHT);
  }
  return lightest[text.length] ?? 0;
}

function wordsAt(spellings: readonly string[], start: number): number[] {
  const { shortest, longest } = WORD_LENGTHS;
  const lengths = Array.from({ length: longest - shortest + 1 }, (_, index) => shortest + index);
  return lengths.filter((length) =>
    spellings.some((spelling) => COMMON_WORDS.has(spelling.slice(start, start + length))),
  );
}

/** The lengths of what begins here and is guessed as a whole. */
function patternsAt(text: string, start: number): number[] {
  const rest = text.slice(start);
  const runs = TRACKS.map((track) => runLength(rest, track)).filter((length) => length >= SHORTEST_RUN);
  const same = /^(.)\1{2,}/su.exec(rest)?.[0].length ?? 0;
  const year = YEAR.test(rest) ? 4 : 0;
  return [...runs, same, year, ...repetitions(text, start)].filter((length) => length > 0);
}

function runLength(rest: string, track: string): number {
  let length = SHORTEST_RUN;
  while (length <= rest.length && track.includes(rest.slice(0, length))) length += 1;
  return length - 1;
}

/** How long what stood just before goes on from here, again and again: `Xk7!Xk7!Xk7!`. */
function repetitions(text: string, start: number): number[] {
  const periods = Array.from({ length: start }, (_, index) => index + 1);
  return periods.map((period) => {
    let length = 0;
    while (start + length < text.length && text[start + length] === text[start + length - period])
      length += 1;
    return period > 1 && length >= period ? length : 0;
  });
}
