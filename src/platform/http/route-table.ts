interface Entry {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which methods a path answers to: Fastify alone says 404 where the method is what is wrong. */
export class RouteTable {
  private readonly entries = new Map<string, Entry>();

  add(path: string, methods: string | readonly string[]): void {
    const entry = this.entries.get(path) ?? { pattern: toPattern(path), methods: new Set<string>() };
    for (const method of [methods].flat()) entry.methods.add(method);
    this.entries.set(path, entry);
  }

  /** @returns the value for `Allow`, or undefined when nothing answers at this path */
  allowed(path: string): string | undefined {
    const methods = [...this.entries.values()].filter(({ pattern }) => pattern.test(path));
    if (methods.length === 0) return undefined;
    return [...new Set(methods.flatMap((entry) => [...entry.methods]))].sort().join(', ');
  }
}

function toPattern(path: string): RegExp {
  const source = path
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}$`);
}
