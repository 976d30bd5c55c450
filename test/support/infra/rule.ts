import { isDeepStrictEqual } from 'node:util';
import { at, type Graph, put, type Resource, select } from './graph';

/** Something that must hold of a graph, with ways to break it, each of which it must notice. */
export interface Rule {
  readonly says: string;
  /** What is wrong, in words; nothing when all is well. */
  readonly check: (graph: Graph) => string[];
  /** Each changes one value so that `check` has something to say. */
  readonly spoils: readonly ((graph: Graph) => void)[];
}

/** Which resources a row is about. */
export interface Selector {
  readonly type: string;
  readonly name?: RegExp;
}

/** One line of a table: all of these resources have this value there. Its one spoil is another value. */
export function row(says: string, selector: Selector, where: string, expected: unknown): Rule {
  return {
    says,
    check: (graph) => {
      const found = select(graph, selector.type, selector.name);
      if (found.length === 0) return [`no ${selector.type} ${selector.name ?? ''}`];
      return found.flatMap((resource) => compare(resource, where, expected));
    },
    spoils: [(graph) => first(graph, selector, (resource) => put(resource.inputs, where, other(expected)))],
  };
}

/** Several rows about the same resources. */
export function rows(says: string, selector: Selector, values: Readonly<Record<string, unknown>>): Rule[] {
  return Object.entries(values).map(([where, expected]) =>
    row(`${says}: ${where}`, selector, where, expected),
  );
}

/** A rule in code, for what a row can't say. */
export function rule(says: string, check: Rule['check'], ...spoils: Rule['spoils'][number][]): Rule {
  return { says, check, spoils };
}

/** Changes the first of these resources. */
export function first(graph: Graph, { type, name }: Selector, change: (resource: Resource) => void): void {
  const resource = select(graph, type, name)[0];
  if (resource === undefined) throw new Error(`no ${type} ${name ?? ''} to spoil`);
  change(resource);
}

/** Sets a value of the first of these resources. */
export function set(type: string, name: RegExp, where: string, value: unknown): (graph: Graph) => void {
  return (graph) => first(graph, { type, name }, ({ inputs }) => put(inputs, where, value));
}

/** Adds a resource that should not be there. */
export function add(type: string, inputs: Record<string, unknown>): (graph: Graph) => void {
  return (graph) => {
    const rest = { parent: '', protect: false, retainOnDelete: false, ignoreChanges: [] };
    (graph.resources as Resource[]).push({ type, name: 'Extra', urn: 'urn:extra', inputs, ...rest });
  };
}

/** Takes the first of these resources away. */
export function remove(type: string, name = /(?:)/): (graph: Graph) => void {
  return (graph) =>
    first(graph, { type, name }, (resource) => {
      const resources = graph.resources as Resource[];
      resources.splice(resources.indexOf(resource), 1);
    });
}

function compare(resource: Resource, where: string, expected: unknown): string[] {
  const found = at(resource.inputs, where);
  if (isDeepStrictEqual(found, expected)) return [];
  return [`${resource.name}.${where} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
}

/** Anything else of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return `${value}x`;
  return value === undefined ? 'x' : undefined;
}
