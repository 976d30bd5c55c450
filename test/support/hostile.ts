/** Values that somebody tries, as JSON: some can't be written otherwise. */
const VALUES: readonly string[] = [
  'null',
  'true',
  '-1',
  '0.1',
  '2147483648',
  '9007199254740993',
  '1e400',
  '""',
  '"a\\u0000b"',
  '"a\\ud800b"',
  '"__proto__"',
  '"👩‍👩‍👧‍👦👩‍👩‍👧‍👦"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.999999999Z"',
  '"https://[::1]:99999/"',
  '"zz-Zzzz-ZZ-x-a"',
  `"${'x'.repeat(100_000)}"`,
  '[]',
  '{}',
  '{"constructor":{"x":1},"toString":"x","":1}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
];
/** Whole bodies. */
const BODIES: readonly string[] = ['', '{', 'null', '[]', '"x"', '{}', '{"__proto__":{}}', '{"a":1e400}'];
/** In a path or a query, as they are sent. */
const WORDS: readonly string[] = [
  '%00',
  '%ff',
  '%F0%9F%98%80',
  '__proto__',
  'constructor',
  '-1',
  '..%2f',
  '1e400',
  '99999999999999999999',
  'AA',
  Buffer.from('\0').toString('base64url'),
  Buffer.from('00000000-0000-0000-0000-000000000000').toString('base64url'),
  '0000-01-01T00:00:00Z',
  'x'.repeat(5_000),
];

type Place = readonly (string | number)[];
const MARK = 'here';

/** A good body with one hostile value in it, for each of its places and each value; and bodies that are none. */
export function hostileBodies(good: unknown): string[] {
  const places = placesIn(good, []).filter((place) => place.length > 0);
  const inside = places.flatMap((place) => {
    const text = JSON.stringify(withAt(good, place, MARK));
    return VALUES.map((value) => text.replace(`"${MARK}"`, () => value));
  });
  return [JSON.stringify(good), ...BODIES, ...inside];
}

/** A path with something hostile in place of each of its parameters, and in each of its query's. */
export function hostilePaths(path: string, query: readonly string[]): string[] {
  const inPath = path.includes('{') ? WORDS.map((word) => path.replaceAll(/\{\w+\}/g, word)) : [];
  return [...inPath, ...query.flatMap((name) => WORDS.map((word) => `${path}?${name}=${word}`))];
}

function placesIn(value: unknown, place: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => placesIn(item, [...place, index]))
    : Object.entries(value).flatMap(([name, item]) => placesIn(item, [...place, name]));
  return [place, ...inside];
}

function withAt(value: unknown, [name, ...rest]: Place, put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value))
    return value.map((item, index) => (index === name ? withAt(item, rest, put) : item));
  const members = Object.entries(Object(value));
  return Object.fromEntries(
    members.map(([key, item]) => [key, key === name ? withAt(item, rest, put) : item]),
  );
}
