import mustache from 'mustache';

// else every text that anybody ever sent stays in memory
Object.assign(mustache, { templateCache: undefined });

const NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,49}$/;
/** Deeper than anybody's data. */
const MAX_DEPTH = 16;

export interface Finding {
  readonly path: readonly string[];
  readonly message: string;
}

export interface Placeholders {
  /** The names of variables, in the order of their first use, each with the place of it. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
  readonly findings: readonly Finding[];
}

interface Found {
  readonly path: readonly string[];
  readonly text: string | undefined;
}

/** What `{{variables}}` the strings of a content use, at any depth, and where they are not just that. */
export function placeholdersIn(content: unknown): Placeholders {
  const variables = new Map<string, readonly string[]>();
  const findings: Finding[] = [];
  for (const { path, text } of stringsIn(content, [])) {
    const parsed = text === undefined ? 'is nested too deep' : namesIn(text);
    if (typeof parsed === 'string') findings.push({ path, message: parsed });
    else for (const name of parsed) if (!variables.has(name)) variables.set(name, path);
  }
  return { variables, findings };
}

/** The same content with its variables filled in; nothing is escaped, as nothing here is HTML. */
export function fill<Value>(content: Value, variables: Readonly<Record<string, unknown>>): Value {
  return filled(content, variables) as Value;
}

function filled(value: unknown, variables: Readonly<Record<string, unknown>>): unknown {
  if (typeof value === 'string') return mustache.render(value, variables, undefined, { escape: String });
  if (Array.isArray(value)) return value.map((item) => filled(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, variables)]));
}

/** Every string with its path; no text where it goes too deep. */
function* stringsIn(value: unknown, path: readonly string[]): Generator<Found> {
  if (path.length > MAX_DEPTH) yield { path: path.slice(0, 2), text: undefined };
  else if (typeof value === 'string') yield { path, text: value };
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key]);
}

/** @returns the names, or what is wrong */
function namesIn(text: string): readonly string[] | string {
  const tokens = parsed(text);
  if (tokens === undefined) return 'has a placeholder that does not end';
  const words = tokens.map(([type, value]) => (type === 'text' ? value : '\n'));
  if (words.some((word) => /\{\{|\}\}/.test(word))) return 'has a placeholder that does not begin';
  const tags = tokens.filter(([type]) => type !== 'text');
  const odd = tags.find(([type, value]) => type !== 'name' || !NAME.test(value));
  return odd === undefined ? tags.map(([, value]) => value) : 'may hold plain {{variables}} only';
}

function parsed(text: string): ReturnType<typeof mustache.parse> | undefined {
  try {
    return mustache.parse(text);
  } catch {
    return undefined;
  }
}
