import type { Graph, Resource } from './graph.mts';
import { HOURS, PRICES, type Traffic } from './prices.mts';

/** One line of the bill: what of which resource, how it is computed, dollars a month. */
export interface Line {
  readonly service: string;
  readonly urn: string;
  readonly what: string;
  readonly dollars: number;
}

type Pricer = (
  resource: Resource,
  traffic: Traffic,
  graph: Graph,
) => readonly (readonly [what: string, dollars: number])[];

/** GB of a month, of so many bytes a request. */
const gb = ({ millionRequests }: Traffic, bytes: number) => (millionRequests * bytes) / 1_000;
/** Receives of one task: three queues, two pollers each, 20 s a poll. */
const POLLS_MILLION = (3 * 2 * HOURS * 3_600) / 20 / 1_000_000;
/** Requests for each message: send, its share of a receive, delete. */
const REQUESTS_A_MESSAGE = 3;
/** Container Insights: metrics of the cluster, of each service, of each task family. */
const INSIGHTS = { cluster: 8, service: 11, family: 6 };
/** What a balancer's unit takes: 1 GB an hour is the one that our traffic reaches last. */
const UNIT_GB_HOUR = 1;
/** New connections a second that one unit takes; a phone makes one for every few requests. */
const UNIT_CONNECTIONS = 25;
const REQUESTS_A_CONNECTION = 4;

const fargate: Pricer = ({ inputs, name }, _traffic, graph) => {
  const task = find(graph, 'aws:ecs/taskDefinition:TaskDefinition', name.replace(/Service$/, 'Task'));
  const vcpu = Number(task?.inputs.cpu) / 1_024;
  const memory = Number(task?.inputs.memory) / 1_024;
  const strategies = inputs.capacityProviderStrategies as readonly { capacityProvider: string }[];
  const spot = strategies.every(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
  const hour = vcpu * PRICES.fargateArmVcpuHour + memory * PRICES.fargateArmGbHour;
  const tasks = Number(inputs.desiredCount);
  const words = `${tasks} task of ${vcpu} vCPU, ${memory} GB, ARM${spot ? ', spot' : ''}`;
  return [[words, tasks * hour * HOURS * (spot ? PRICES.fargateSpotShare : 1)]];
};

const balancer: Pricer = ({ inputs }, traffic) => {
  const zones = (inputs.subnets as readonly string[]).length;
  const connections = (traffic.millionRequests * 1_000_000) / REQUESTS_A_CONNECTION / (HOURS * 3_600);
  const units = Math.max(
    gb(traffic, traffic.bytesOut) / HOURS / UNIT_GB_HOUR,
    connections / UNIT_CONNECTIONS,
  );
  return [
    ['balancer', HOURS * PRICES.balancerHour],
    [`${zones} public addresses`, zones * HOURS * PRICES.publicAddressHour],
    [`${units.toFixed(3)} capacity units`, units * HOURS * PRICES.balancerUnitHour],
    [
      `${gb(traffic, traffic.bytesOut).toFixed(1)} GB to phones`,
      gb(traffic, traffic.bytesOut) * PRICES.transferOutGb,
    ],
  ];
};

const natGateway: Pricer = (_resource, traffic, graph) => {
  const gateways = graph.resources.filter(({ type }) => type === 'aws:ec2/natGateway:NatGateway').length;
  const through = gb(traffic, traffic.bytesThroughNat) / gateways;
  return [
    ['gateway', HOURS * PRICES.natGatewayHour],
    [`${through.toFixed(1)} GB through it`, through * PRICES.natGatewayGb],
  ];
};

const firewall: Pricer = ({ inputs }, traffic) => {
  const rules = (inputs.rules as readonly unknown[]).length;
  return [
    ['web ACL', PRICES.webAcl],
    [`${rules} rules`, rules * PRICES.webAclRule],
    [`${traffic.millionRequests} million requests`, traffic.millionRequests * PRICES.webAclMillion],
  ];
};

const insights: Pricer = ({ inputs }, _traffic, graph) => {
  const [setting] = inputs.settings as readonly { value: string }[];
  if (setting?.value !== 'enabled') return [];
  const services = graph.resources.filter(({ type }) => type === 'aws:ecs/service:Service').length;
  const metrics = INSIGHTS.cluster + services * (INSIGHTS.service + INSIGHTS.family);
  return [[`${metrics} metrics of Container Insights`, metrics * PRICES.customMetric]];
};

const logGroup: Pricer = ({ inputs }, traffic) => {
  const name = String(inputs.name);
  const share = /aws-waf/.test(name)
    ? traffic.bytesOfFirewallLog
    : /-web$/.test(name)
      ? traffic.bytesLogged
      : traffic.bytesLogged / 4;
  if (!/aws-waf|-(web|worker)$/.test(name)) return [];
  const size = gb(traffic, share);
  return [
    [
      `${size.toFixed(2)} GB written, kept and archived`,
      size * (PRICES.logsGb + PRICES.logsKeptGb + PRICES.firehoseGb),
    ],
  ];
};

const queue: Pricer = ({ inputs }, traffic, graph) => {
  const dead = /-dlq$/.test(String(inputs.name));
  const workers = Number(find(graph, 'aws:ecs/service:Service', 'WorkerService')?.inputs.desiredCount);
  const polls = (workers * POLLS_MILLION) / 3;
  const million = dead ? polls / 2 : polls + (REQUESTS_A_MESSAGE * traffic.millionMessages) / 3;
  return [[`${million.toFixed(2)} million requests`, million * PRICES.queueMillion]];
};

const alarm: Pricer = ({ inputs }) => {
  const queries = inputs.metricQueries as readonly { metric?: unknown }[];
  const metrics = queries.filter(({ metric }) => metric !== undefined).length;
  return [[`alarm on ${metrics} metric${metrics === 1 ? '' : 's'}`, metrics * PRICES.alarmMetric]];
};

/** Type → how it is priced. What is not here costs nothing by itself, and FREE says so. */
const PRICERS: Readonly<Record<string, readonly [service: string, pricer: Pricer]>> = {
  'aws:ecs/service:Service': ['Fargate', fargate],
  'aws:ecs/cluster:Cluster': ['CloudWatch', insights],
  'aws:lb/loadBalancer:LoadBalancer': ['Balancer', balancer],
  'aws:ec2/natGateway:NatGateway': ['NAT', natGateway],
  'aws:ec2/eip:Eip': ['NAT', () => [['public address', HOURS * PRICES.publicAddressHour]]],
  'aws:ec2/instance:Instance': [
    'NAT',
    () => [
      ['t4g.nano', HOURS * PRICES.t4gNanoHour],
      ['8 GB disk', 8 * PRICES.gp3GbMonth],
    ],
  ],
  'aws:elasticache/replicationGroup:ReplicationGroup': [
    'Cache',
    ({ inputs }) => [
      [
        `${inputs.numCacheClusters} × cache.t4g.micro`,
        Number(inputs.numCacheClusters) * HOURS * PRICES.cacheT4gMicroHour,
      ],
    ],
  ],
  'aws:wafv2/webAcl:WebAcl': ['Firewall', firewall],
  'aws:secretsmanager/secret:Secret': ['Secrets', () => [['secret', PRICES.secret]]],
  'aws:kms/key:Key': ['Secrets', () => [['key', PRICES.key]]],
  'aws:route53/zone:Zone': ['DNS', () => [['zone', PRICES.zone]]],
  'aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace': [
    'DNS',
    () => [['private zone', PRICES.zone]],
  ],
  'aws:cloudwatch/metricAlarm:MetricAlarm': ['CloudWatch', alarm],
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': [
    'CloudWatch',
    () => [['metric of a log', PRICES.customMetric]],
  ],
  'aws:cloudwatch/logGroup:LogGroup': ['CloudWatch', logGroup],
  'aws:sqs/queue:Queue': ['Queues', queue],
  'aws:ecr/repository:Repository': [
    'Images',
    (_r, { imagesGb }) => [[`${imagesGb} GB`, imagesGb * PRICES.imagesGbMonth]],
  ],
  'aws:s3/bucket:Bucket': [
    'Storage',
    (_r, { archiveGb }, graph) => {
      const share = archiveGb / graph.resources.filter(({ type }) => type === 'aws:s3/bucket:Bucket').length;
      return [[`${share.toFixed(1)} GB`, share * PRICES.s3GbMonth]];
    },
  ],
};

/** Every line of a stage's month, the dearest first. */
export function billOf(graph: Graph, traffic: Traffic): Line[] {
  return graph.resources
    .flatMap((resource) => {
      const [service, pricer] = PRICERS[resource.type] ?? ['', () => []];
      return pricer(resource, traffic, graph).map(([what, dollars]) => ({
        service,
        urn: resource.urn,
        what,
        dollars,
      }));
    })
    .sort((one, other) => other.dollars - one.dollars);
}

/** Types that have a price. */
export const PRICED = Object.keys(PRICERS);

function find({ resources }: Graph, type: string, name: string): Resource | undefined {
  return resources.find((each) => each.type === type && each.name === name);
}
