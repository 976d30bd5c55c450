import { type Container, containersOf, type Graph, select } from '../graph';
import { add, first, type Rule, row, rows, rule, set } from '../rule';

const WEB = { type: 'ecs/service:Service', name: /^WebService$/ };
const WORKER = { type: 'ecs/service:Service', name: /^WorkerService$/ };
const TASKS = { type: 'ecs/taskDefinition:TaskDefinition', name: /^(Web|Worker)Task$/ };
const WEB_TASK = { type: TASKS.type, name: /^WebTask$/ };
const PROBE = ['CMD', 'node', 'dist/tools/cli/health-probe.js'];

/** What every container of ours and of others is, in every task. */
const HARDENED: Readonly<Record<string, (container: Container) => boolean>> = {
  'on a read-only root': ({ definition }) => definition.readonlyRootFilesystem === true,
  'not privileged': ({ definition }) => definition.privileged === false,
  'not root': ({ definition }) => /^[1-9]\d*:[1-9]\d*$/.test(String(definition.user)),
  'without a terminal': ({ definition }) => definition.pseudoTerminal === false,
  'with an init process': ({ definition }) =>
    (definition.linuxParameters as { initProcessEnabled?: boolean }).initProcessEnabled === true,
  'given 110 s to stop': ({ definition }) => definition.stopTimeout === 110,
  'with a log': ({ definition }) =>
    (definition.logConfiguration as { logDriver?: string }).logDriver === 'awslogs',
};
const SOFTENED: Readonly<Record<string, [where: string, value: unknown]>> = {
  'on a read-only root': ['readonlyRootFilesystem', false],
  'not privileged': ['privileged', true],
  'not root': ['user', '0'],
  'without a terminal': ['pseudoTerminal', true],
  'with an init process': ['linuxParameters.initProcessEnabled', false],
  'given 110 s to stop': ['stopTimeout', 30],
  'with a log': ['logConfiguration.logDriver', 'none'],
};

const CONTAINERS = Object.entries(HARDENED).map(([says, holds]) => {
  const [where, value] = SOFTENED[says] ?? ['', undefined];
  return rule(
    `every container is ${says}`,
    (graph) =>
      containersOf(graph)
        .filter((each) => !holds(each))
        .map(({ task, name }) => `${task}.${name}`),
    set(TASKS.type, TASKS.name, `containerDefinitions.0.${where}`, value),
    set(WEB_TASK.type, WEB_TASK.name, `containerDefinitions.1.${where}`, value),
  );
});

/** The cluster, the two services from one image, and the migrations before the API. */
export const COMPUTE: readonly Rule[] = [
  ...CONTAINERS,
  rule(
    'no task shares the host’s processes',
    (graph) =>
      select(graph, TASKS.type)
        .filter(({ inputs }) => inputs.pidMode !== undefined)
        .map(({ name }) => name),
    set(TASKS.type, TASKS.name, 'pidMode', 'host'),
  ),
  ...rows('Fargate on Graviton', TASKS, {
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    'runtimePlatform.cpuArchitecture': 'ARM64',
    volumes: [{ name: 'tmp' }],
    'containerDefinitions.0.mountPoints': [{ sourceVolume: 'tmp', containerPath: '/tmp' }],
    'containerDefinitions.0.portMappings': [{ containerPort: 8_000, protocol: 'tcp' }],
    'containerDefinitions.0.healthCheck.command': PROBE,
    'containerDefinitions.0.essential': true,
  }),
  ...rows('migrations before the API', WEB_TASK, {
    'containerDefinitions.0.dependsOn': [{ containerName: 'migrate', condition: 'SUCCESS' }],
    'containerDefinitions.1.name': 'migrate',
    'containerDefinitions.1.command': ['node', 'dist/tools/cli/main.js', 'migrate', '--json'],
    'containerDefinitions.1.essential': false,
  }),
  rule(
    'web, worker and migrations run one image, by digest',
    (graph) => {
      const ours = containersOf(graph).filter(({ task }) => TASKS.name.test(task));
      const images = new Set(ours.map(({ definition }) => String(definition.image)));
      const byDigest = [...images].every((image) => /loopin-\w+-backend@sha256:[0-9a-f]{64}$/.test(image));
      return images.size === 1 && byDigest && ours.length === 3 ? [] : [...images];
    },
    set(TASKS.type, /WorkerTask/, 'containerDefinitions.0.image', 'elsewhere:latest'),
    set(TASKS.type, /WebTask/, 'containerDefinitions.1.image', 'elsewhere:latest'),
  ),
  rule(
    'the owner’s secret is in the migrations only, and in the dump',
    (graph) =>
      containersOf(graph)
        .filter(({ name }) => !['migrate', 'dump'].includes(name))
        .filter(({ definition }) => JSON.stringify(definition).includes('database-owner'))
        .map(({ name }) => name),
    (graph) =>
      first(graph, WEB_TASK, ({ inputs }) => {
        const [web, migrate] = inputs.containerDefinitions as { secrets: unknown[] }[];
        web?.secrets.push(...(migrate?.secrets ?? []));
      }),
  ),
  ...[WEB, WORKER].flatMap((service) =>
    rows('in the private subnets, without a shell', service, {
      'networkConfiguration.assignPublicIp': false,
      'networkConfiguration.subnets': ['NetworkPrivateSubnet1-id', 'NetworkPrivateSubnet2-id'],
      enableExecuteCommand: false,
      propagateTags: 'SERVICE',
    }),
  ),
  row('web has its group', WEB, 'networkConfiguration.securityGroups', ['WebGroup-id']),
  row('worker has its group', WORKER, 'networkConfiguration.securityGroups', ['WorkerGroup-id']),
  rule(
    'scaling owns the number of tasks',
    (graph) =>
      select(graph, 'ecs/service:Service')
        .filter(({ ignoreChanges }) => !ignoreChanges.includes('desiredCount'))
        .map(({ name }) => name),
    (graph) => Object.assign(select(graph, WEB.type, WEB.name)[0] ?? {}, { ignoreChanges: [] }),
  ),
  rule(
    'a service scales between the numbers of its stage',
    (graph) => (select(graph, 'appautoscaling/target:Target').length === 2 ? [] : ['not two targets']),
    add('aws:appautoscaling/target:Target', {}),
  ),
  rule(
    'one cluster',
    (graph: Graph) => (select(graph, 'ecs/cluster:Cluster').length === 1 ? [] : ['not one']),
    add('aws:ecs/cluster:Cluster', {}),
  ),
];

/** Gradual deployments: canary and alarms for web, rolling and the breaker for the worker. */
export const DEPLOYMENTS: readonly Rule[] = [
  ...rows('web: 10 %, five minutes, all, five minutes', WEB, {
    'deploymentConfiguration.strategy': 'CANARY',
    'deploymentConfiguration.bakeTimeInMinutes': '5',
    'deploymentConfiguration.canaryConfiguration.canaryPercent': 10,
    'deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes': '5',
    'loadBalancers.0.containerName': 'web',
    'loadBalancers.0.containerPort': 8_000,
    healthCheckGracePeriodSeconds: 120,
    'alarms.enable': true,
    'alarms.rollback': true,
  }),
  rule(
    'web goes back when requests fail, slow down, or tasks are unhealthy',
    (graph) => alarmsMissing(graph, WEB.name, ['web-5xx', 'web-latency', 'web-unhealthy']),
    set(WEB.type, WEB.name, 'alarms.alarmNames', []),
  ),
  ...rows('worker: rolling, with the breaker', WORKER, {
    'deploymentCircuitBreaker.enable': true,
    'deploymentCircuitBreaker.rollback': true,
    deploymentMinimumHealthyPercent: 100,
    deploymentMaximumPercent: 200,
  }),
];

/** Services of prod run where AWS takes nothing back. */
export const COMPUTE_OF_PROD: readonly Rule[] = [
  row('worker: alarms watch', WORKER, 'alarms.enable', true),
  rule(
    'worker goes back when it logs errors',
    (graph) => alarmsMissing(graph, WORKER.name, ['worker-errors']),
    set(WORKER.type, WORKER.name, 'alarms.alarmNames', []),
  ),

  row('Container Insights', { type: 'ecs/cluster:Cluster' }, 'settings', [
    { name: 'containerInsights', value: 'enabled' },
  ]),
  ...[WEB, WORKER].map((service) =>
    row(
      'no capacity that is taken back',
      service,
      'capacityProviderStrategies.0.capacityProvider',
      'FARGATE',
    ),
  ),
];

/** Names that the service does not have among its alarms, or that no alarm of the graph has. */
function alarmsMissing(graph: Graph, service: RegExp, wanted: readonly string[]): string[] {
  const { stage } = graph.app;
  const inputs = select(graph, 'ecs/service:Service', service)[0]?.inputs;
  const given = (inputs?.alarms as { alarmNames: string[] } | undefined)?.alarmNames ?? [];
  const existing = select(graph, 'MetricAlarm').map((alarm) => alarm.inputs.name);
  return wanted
    .map((name) => `loopin-${stage}-${name}`)
    .filter((name) => !given.includes(name) || !existing.includes(name));
}
