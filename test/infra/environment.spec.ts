import { keysOf } from '../../infra/environment';
import { STAGES as POLICIES, poolSize } from '../../infra/stage';
import { type AppMode, InvalidEnvironment, parseEnv, variablesOf } from '../../src/config/env';
import { LOCAL_ONLY } from '../../src/config/env-conflicts';
import { containersOf, graphOf, list, STAGES, type StageName, select } from '../support/infra/graph';

const MODES = ['web', 'worker'] as const;

describe.each(STAGES)('the environment that %s gives', (stage) => {
  it.each(MODES)('%s has every variable that it needs', (mode) => {
    const given = variablesIn(stage, mode);
    expect(requiredBy(mode).filter((name) => !given.includes(name))).toEqual([]);
  });

  it.each(MODES)('%s has none that it does not know', (mode) => {
    const known = variablesOf(mode);
    expect(variablesIn(stage, mode).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(MODES)('%s can set every one that the code reads outside a developer’s machine', (mode) => {
    const given = variablesIn(stage, mode);
    const left = variablesOf(mode).filter((name) => !given.includes(name) && !LOCAL_ONLY.includes(name));
    // each has a default that holds in every stage
    expect(left.filter((name) => !DEFAULTS.includes(name))).toEqual([]);
  });

  it('the migrations have the owner’s connection and nothing else', () => {
    expect(variablesIn(stage, 'migrate').sort()).toEqual(['DATABASE_CA', 'DATABASE_OWNER_URL', 'STAGE']);
  });

  it.each(MODES)('%s starts with the plain values', (mode) => {
    const problems = problemsOf(plainIn(stage, mode), mode);
    const secret = secretsIn(stage, mode);
    // what is left to say is of secrets, which have no value here
    expect(problems.filter((line) => !secret.some((name) => line.startsWith(`${name} `)))).toEqual([]);
  });

  it('every secret variable is a key of the secret that it is read from', () => {
    const wrong = containersOf(graphOf(stage))
      .flatMap(({ definition }) => definition.secrets as { name: string; valueFrom: string }[])
      .filter(({ name, valueFrom }) => {
        const [, secret = '', key] = /:secret:loopin\/\w+\/([a-z-]+)-AbCdEf:(\w+)::$/.exec(valueFrom) ?? [];
        return key !== name || !keysOf(secret as Parameters<typeof keysOf>[0]).includes(name);
      });
    expect(wrong).toEqual([]);
  });

  it('a secret begins with all its keys, so that ECS finds each', () => {
    for (const { name, inputs } of select(graphOf(stage), 'SecretVersion', /^Secret/)) {
      const secret = String(inputs.secretId).replace(/-id$/, '');
      const policy = select(graphOf(stage), 'secretsmanager/secret:Secret').find(
        (each) => each.name === secret,
      );
      const short = String(policy?.inputs.name).split('/').at(-1) as Parameters<typeof keysOf>[0];
      expect([name, Object.keys(inputs.secretString as object).sort()]).toEqual([name, keysOf(short).sort()]);
    }
  });

  it('all connections of the worst moment fit into the pooler', () => {
    const graph = graphOf(stage);
    const max = (service: string) =>
      Number(select(graph, 'appautoscaling/target:Target', new RegExp(`^${service}`))[0]?.inputs.maxCapacity);
    const rolling = select(graph, 'ecs/service:Service', /^Worker/)[0]?.inputs
      .deploymentMaximumPercent as number;
    const pool = Number(plainIn(stage, 'web').DB_POOL_MAX);
    // old and new web tasks side by side, the worker's as its deployment allows, a migration, a dump, an operator
    const worst = pool * (2 * max('Web') + Math.floor((max('Worker') * rolling) / 100) + 3);
    expect(worst).toBeLessThanOrEqual(POLICIES[stage].databaseConnections);
    expect(plainIn(stage, 'worker').DB_POOL_MAX).toBe(String(pool));
  });
});

it('a limit that is too small for the scaling is refused', () => {
  expect(() => poolSize({ ...POLICIES.prod, databaseConnections: 60 })).toThrow('too few');
});

/** Variables that infra leaves at their default, because it is the right value everywhere. */
const DEFAULTS = [
  'HOST',
  'MEDIA_QUOTA_MIB',
  // JSON for CloudWatch; metrics and traces are chosen when somebody looks at them: each has its price
  'LOG_FORMAT',
  'METRICS',
  'SENTRY_TRACES_SAMPLE_RATE',
  'HIBP_URL',
  'ONESIGNAL_API_URL',
  'ONESIGNAL_CHUNK_SIZE',
  'ONESIGNAL_SUBSCRIBER_FLOOR',
  'FCM_API_URL',
];

function definitionOf(stage: StageName, container: string): Record<string, unknown> {
  const found = containersOf(graphOf(stage)).find(({ name }) => name === container);
  if (found === undefined) throw new Error(`${stage} has no container ${container}`);
  return found.definition;
}

function plainIn(stage: StageName, container: string): Record<string, string> {
  const { environment } = definitionOf(stage, container);
  const entries = (environment ?? []) as { name: string; value: string }[];
  return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
}

function secretsIn(stage: StageName, container: string): string[] {
  return (definitionOf(stage, container).secrets as { name: string }[]).map(({ name }) => name);
}

function variablesIn(stage: StageName, container: string): string[] {
  return [...Object.keys(plainIn(stage, container)), ...secretsIn(stage, container)];
}

function problemsOf(source: Record<string, string>, mode: AppMode): readonly string[] {
  try {
    parseEnv(source, mode);
    return [];
  } catch (error) {
    return error instanceof InvalidEnvironment ? error.problems : list(String(error));
  }
}

function requiredBy(mode: AppMode): string[] {
  return problemsOf({}, mode)
    .filter((line) => line.endsWith(' is missing'))
    .map((line) => line.replace(' is missing', ''));
}
