import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Graph, Resource } from '../../../tools/infra/graph.mts';

export type { Graph, Resource };

export const STAGES = ['dev', 'staging', 'prod'] as const;
export type StageName = (typeof STAGES)[number];
/** prod with every switch the other way. */
export type GraphName = StageName | 'switched';

const graphs = new Map<GraphName, Graph>();

/** The graph of a stage, made once a run (graphs.setup.mjs). JSON within it is parsed, so that a path leads through. */
export function graphOf(name: GraphName): Graph {
  const known = graphs.get(name);
  if (known !== undefined) return known;
  const folder = process.env.LOOPIN_GRAPHS;
  if (folder === undefined) throw new Error('graphs.setup.mjs did not run');
  const graph = parsed(JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'))) as Graph;
  graphs.set(name, graph);
  return graph;
}

function parsed(value: unknown): unknown {
  if (typeof value === 'string') return /^[[{]/.test(value) ? parseJson(value) : value;
  if (Array.isArray(value)) return value.map(parsed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, parsed(item)]));
}

/** Some text only looks like JSON: filter patterns of CloudWatch do. */
function parseJson(text: string): unknown {
  try {
    return parsed(JSON.parse(text));
  } catch {
    return text;
  }
}

/** All of a type (its last part, as `Queue`, where that is clear), whose name matches. */
export function select({ resources }: Graph, type: string, name = /(?:)/): Resource[] {
  return resources.filter(
    (each) => (each.type === type || each.type.endsWith(`:${type}`)) && name.test(each.name),
  );
}

/** What stands at `a.b.0.c`, or undefined. */
export function at(value: unknown, where: string): unknown {
  return where.split('.').reduce<unknown>((within, key) => {
    if (within === null || typeof within !== 'object') return undefined;
    return (within as Record<string, unknown>)[key];
  }, value);
}

/** Writes at `a.b.0.c`; what is on the way is made where it is missing. */
export function put(value: object, where: string, content: unknown): void {
  const keys = where.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (within, key) => {
      within[key] ??= {};
      return within[key] as Record<string, unknown>;
    },
    value as Record<string, unknown>,
  );
  holder[last] = content;
}

/** A container of a task definition, with the task it is in. */
export interface Container {
  readonly task: string;
  readonly name: string;
  readonly definition: Record<string, unknown>;
}

export function containersOf(graph: Graph): Container[] {
  return select(graph, 'aws:ecs/taskDefinition:TaskDefinition').flatMap(({ name, inputs }) =>
    (inputs.containerDefinitions as Record<string, unknown>[]).map((definition) => ({
      task: name,
      name: String(definition.name),
      definition,
    })),
  );
}

/** A statement of a policy, wherever it is written. */
export interface Statement {
  readonly of: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the roles' own policies say. */
export function roleStatements(graph: Graph, name = /(?:)/): Statement[] {
  return select(graph, 'aws:iam/role:Role', name).flatMap((role) =>
    ((role.inputs.inlinePolicies ?? []) as { policy: { Statement: Statement[] } }[]).flatMap(({ policy }) =>
      policy.Statement.map((statement) => ({ ...statement, of: role.name })),
    ),
  );
}

export function list(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
