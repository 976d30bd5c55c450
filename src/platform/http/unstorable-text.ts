/** Escapes of what Postgres keeps in no text: NUL and halves of a surrogate pair. Few bodies have any. */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;
const MAX_FOUND = 10;

interface Place {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The places in a parsed body where a text or a key holds a NUL or half of a character.
 * @param json what it was parsed from: without an escape that could mean one nothing is searched
 */
export function unstorableText(json: string, body: unknown): { path: string; message: string }[] {
  if (!SUSPECT.test(json)) return [];
  const found: { path: string; message: string }[] = [];
  // no recursion: a body may be nested deeper than the stack
  const left: Place[] = [{ path: '', value: body }];
  for (let next = left.pop(); next !== undefined && found.length < MAX_FOUND; next = left.pop()) {
    const { path, value } = next;
    if (typeof value === 'string') {
      if (!isStorable(value)) found.push({ path, message: 'holds what is no character' });
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (!isStorable(key)) found.push({ path, message: 'has a key that holds what is no character' });
        else left.push({ path: path === '' ? key : `${path}.${key}`, value: item });
      }
    }
  }
  return found;
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
