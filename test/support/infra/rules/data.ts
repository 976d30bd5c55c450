import { type Graph, select } from '../graph';
import { add, type Rule, remove, row, rows, rule, set } from '../rule';

const CACHE = { type: 'elasticache/replicationGroup:ReplicationGroup' };
const QUEUES = ['push-notifications', 'webhook-events', 'background-jobs'];
const SECRETS = ['keys', 'database', 'database-owner', 'cache', 'shared', 'web', 'worker'];

/** Cache, queues, secrets, image repository. */
export function dataOf(stage: string): Rule[] {
  return [
    ...CACHE_RULES,
    CACHE_TOKEN,
    ...CACHE_ROTATION,
    ...QUEUE_RULES,
    ...REPOSITORY,
    ...queuesOf(stage),
    ...secretsOf(stage),
  ];
}

const CACHE_RULES = rows('the cache', CACHE, {
  engine: 'valkey',
  nodeType: 'cache.t4g.micro',
  clusterMode: 'disabled',
  transitEncryptionEnabled: true,
  transitEncryptionMode: 'required',
  atRestEncryptionEnabled: true,
  securityGroupIds: ['CacheGroup-id'],
  autoMinorVersionUpgrade: true,
});

const CACHE_TOKEN = rule(
  'the cache asks for a token',
  (graph) =>
    select(graph, CACHE.type)
      .filter(({ inputs }) => !inputs.authToken)
      .map(({ name }) => name),
  set(CACHE.type, /(?:)/, 'authToken', undefined),
);

const CACHE_ROTATION = [
  row('the token has a generation', { type: 'RandomPassword', name: /^CacheAuthToken$/ }, 'keepers', {
    generation: '1',
  }),
  row('both tokens are good for a while', CACHE, 'authTokenUpdateStrategy', 'ROTATE'),
];

const QUEUE_RULES = rows(
  'every queue',
  { type: 'sqs/queue:Queue' },
  {
    sqsManagedSseEnabled: true,
    receiveWaitTimeSeconds: 20,
    fifoQueue: false,
  },
);

const REPOSITORY = rows(
  'the repository of images',
  { type: 'ecr/repository:Repository' },
  {
    imageTagMutability: 'IMMUTABLE',
    'imageScanningConfiguration.scanOnPush': true,
  },
);

/** In prod a replica in another zone and a week of snapshots; its data stays when the stage goes. */
export const DATA_OF_PROD: readonly Rule[] = [
  ...rows('the cache of prod', CACHE, {
    numCacheClusters: 2,
    multiAzEnabled: true,
    automaticFailoverEnabled: true,
    snapshotRetentionLimit: 7,
  }),
  row(
    'a deleted secret can be had back for 30 days',
    { type: 'Secret', name: /^Secret/ },
    'recoveryWindowInDays',
    30,
  ),
  rule(
    'sst remove leaves prod alone',
    ({ app }) => (app.protect && app.removal === 'retain' ? [] : ['not protected']),
    (graph) => Object.assign(graph.app, { protect: false }),
    (graph) => Object.assign(graph.app, { removal: 'remove' }),
  ),
];

function queuesOf(stage: string): Rule[] {
  return QUEUES.flatMap((what) => {
    const name = `loopin-${stage}-${what}`;
    const byName = (graph: Graph, wanted: string) =>
      select(graph, 'sqs/queue:Queue').filter(({ inputs }) => inputs.name === wanted);
    const rename = (wanted: string) => (graph: Graph) =>
      Object.assign(byName(graph, wanted)[0]?.inputs ?? {}, { name: 'another' });
    return [
      rule(
        `queue ${name} gives up after 5 times, to its dead letters`,
        (graph) => {
          const policy = byName(graph, name)[0]?.inputs.redrivePolicy as Record<string, unknown> | undefined;
          const dead = String(policy?.deadLetterTargetArn);
          return policy?.maxReceiveCount === 5 && dead.endsWith(`:${name}-dlq`)
            ? []
            : [`${JSON.stringify(policy)}`];
        },
        rename(name),
        (graph) =>
          Object.assign(byName(graph, name)[0]?.inputs ?? {}, { redrivePolicy: { maxReceiveCount: 3 } }),
      ),
      rule(
        `queue ${name}-dlq keeps 14 days`,
        (graph) =>
          byName(graph, `${name}-dlq`)[0]?.inputs.messageRetentionSeconds === 1_209_600 ? [] : ['not so'],
        rename(`${name}-dlq`),
      ),
    ];
  }).concat(
    rule(
      'every queue refuses plain HTTP',
      (graph) => {
        const refused = select(graph, 'QueuePolicy').filter(({ inputs }) => {
          const [statement] = (inputs.policy as { Statement: Record<string, unknown>[] }).Statement;
          const secure = statement?.Condition as { Bool?: Record<string, string> } | undefined;
          return statement?.Effect === 'Deny' && secure?.Bool?.['aws:SecureTransport'] === 'false';
        });
        return refused.length === select(graph, 'sqs/queue:Queue').length ? [] : ['not every one'];
      },
      remove('QueuePolicy'),
      set('QueuePolicy', /(?:)/, 'policy.Statement.0.Effect', 'Allow'),
      set('QueuePolicy', /(?:)/, 'policy.Statement.0.Condition.Bool', {}),
    ),
    rule(
      'three queues with their dead letters',
      (graph) => (select(graph, 'sqs/queue:Queue').length === 6 ? [] : ['not six']),
      add('aws:sqs/queue:Queue', {}),
    ),
  );
}

function secretsOf(stage: string): Rule[] {
  return SECRETS.map((name) =>
    rule(
      `secret loopin/${stage}/${name}`,
      (graph) =>
        select(graph, 'secretsmanager/secret:Secret').some(
          ({ inputs }) => inputs.name === `loopin/${stage}/${name}`,
        )
          ? []
          : ['missing'],
      (graph) => {
        const found = select(graph, 'secretsmanager/secret:Secret').find(
          ({ inputs }) => inputs.name === `loopin/${stage}/${name}`,
        );
        Object.assign(found?.inputs ?? {}, { name: 'another' });
      },
    ),
  ).concat(
    rule(
      'a deployment leaves the values of secrets alone',
      (graph) =>
        select(graph, 'SecretVersion', /^Secret/)
          .filter(({ name }) => name !== 'SecretCacheFirst')
          .filter(({ ignoreChanges }) => !ignoreChanges.includes('secretString'))
          .map(({ name }) => name),
      (graph) =>
        Object.assign(select(graph, 'SecretVersion', /SecretKeysFirst/)[0] ?? {}, { ignoreChanges: [] }),
    ),
  );
}
