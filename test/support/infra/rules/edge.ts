import { type Graph, select } from '../graph';
import { add, type Rule, remove, row, rows, rule, set } from '../rule';

const BALANCER = { type: 'lb/loadBalancer:LoadBalancer' };
const TARGETS = { type: 'lb/targetGroup:TargetGroup' };
const FIREWALL = { type: 'WebAcl' };

/** Priority → what the strategy and the issue ask of the firewall. */
const FIREWALL_RULES: readonly (readonly [index: number, where: string, value: unknown])[] = [
  [
    0,
    'statement.ipSetReferenceStatement.arn',
    'arn:aws:wafv2:ap-south-1:123456789012:ipset/loopin-STAGE-trusted',
  ],
  [1, 'statement.rateBasedStatement.limit', 2_000],
  [1, 'statement.rateBasedStatement.aggregateKeyType', 'IP'],
  [1, 'action', { block: {} }],
  [2, 'statement.rateBasedStatement.limit', 300],
  [2, 'statement.rateBasedStatement.scopeDownStatement.byteMatchStatement.searchString', '/v1/auth/'],
  [2, 'action', { block: {} }],
  [3, 'statement.managedRuleGroupStatement.name', 'AWSManagedRulesKnownBadInputsRuleSet'],
  [4, 'statement.managedRuleGroupStatement.name', 'AWSManagedRulesSQLiRuleSet'],
  [5, 'statement.managedRuleGroupStatement.name', 'AWSManagedRulesCommonRuleSet'],
];
const CREDENTIALS = ['authorization', 'cookie', 'dpop', 'x-api-key', 'signature'];

/** The way in. */
export const EDGE: readonly Rule[] = [
  ...rows('the balancer', BALANCER, {
    internal: false,
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'strictest',
    securityGroups: ['BalancerGroup-id'],
    'accessLogs.enabled': true,
    'accessLogs.prefix': 'balancer',
  }),
  rule(
    'one balancer, one listener: HTTPS',
    (graph) => {
      const listeners = select(graph, 'lb/listener:Listener');
      const wrong = listeners.filter(({ inputs }) => inputs.protocol !== 'HTTPS' || inputs.port !== 443);
      const counted =
        [select(graph, BALANCER.type).length, listeners.length].join() === '1,1' ? [] : ['not one of each'];
      return [...counted, ...wrong.map(({ name }) => name)];
    },
    set('lb/listener:Listener', /(?:)/, 'protocol', 'HTTP'),
    set('lb/listener:Listener', /(?:)/, 'port', 80),
    add('aws:lb/listener:Listener', { protocol: 'HTTPS', port: 443 }),
    add('aws:lb/loadBalancer:LoadBalancer', {}),
  ),
  row('TLS 1.3', { type: 'lb/listener:Listener' }, 'sslPolicy', 'ELBSecurityPolicy-TLS13-1-3-2021-06'),
  row(
    'the certificate proves itself by DNS',
    { type: 'acm/certificate:Certificate' },
    'validationMethod',
    'DNS',
  ),
  ...rows('TLS to the tasks, live asked', TARGETS, {
    protocol: 'HTTPS',
    port: 8_000,
    targetType: 'ip',
    deregistrationDelay: 30,
    'healthCheck.protocol': 'HTTPS',
    'healthCheck.path': '/health/live',
    'healthCheck.matcher': '200',
  }),
  rule(
    'the deployment moves the weights of the rule, so nobody else does',
    (graph) =>
      select(graph, 'ListenerRule')
        .filter(({ ignoreChanges }) => !ignoreChanges.includes('actions'))
        .map(({ name }) => name),
    (graph) => Object.assign(select(graph, 'ListenerRule')[0] ?? {}, { ignoreChanges: [] }),
  ),
  rule(
    'the firewall stands before the balancer',
    (graph) => {
      const [tie] = select(graph, 'WebAclAssociation');
      const ends = [tie?.inputs.resourceArn, tie?.inputs.webAclArn].map(String);
      return ends[0]?.includes(':loadbalancer/app/') && ends[1]?.includes('webacl/') ? [] : ends;
    },
    remove('WebAclAssociation'),
    set('WebAclAssociation', /(?:)/, 'resourceArn', 'arn:elsewhere'),
  ),
  row('the firewall lets through what no rule stops', FIREWALL, 'defaultAction', { allow: {} }),
  rule(
    'each rule of the firewall is seen: metrics and samples',
    (graph) =>
      select(graph, 'WebAcl').flatMap(({ inputs }) =>
        (inputs.rules as { name: string; visibilityConfig: Record<string, unknown> }[])
          .filter(
            ({ visibilityConfig: seen }) => !seen.cloudwatchMetricsEnabled || !seen.sampledRequestsEnabled,
          )
          .map(({ name }) => name),
      ),
    set('WebAcl', /(?:)/, 'rules.3.visibilityConfig.cloudwatchMetricsEnabled', false),
  ),
  row('30 days of firewall logs at hand', { type: 'LogGroup', name: /FirewallLogs/ }, 'retentionInDays', 30),
  row(
    'no credential in the firewall’s logs',
    { type: 'WebAclLoggingConfiguration' },
    'redactedFields',
    CREDENTIALS.map((name) => ({ singleHeader: { name } })),
  ),
];

/** What the firewall does in a stage: prod blocks all, the others watch some. */
export function firewallOf(stage: string): Rule[] {
  return FIREWALL_RULES.map(([index, where, value]) => {
    const expected = typeof value === 'string' ? value.replace('STAGE', stage) : value;
    return row(
      `firewall ${index}: ${where.split('.').at(-1)}`,
      FIREWALL,
      `rules.${index}.${where}`,
      expected,
    );
  });
}

export const EDGE_OF_PROD: readonly Rule[] = [
  row(
    'firewall 6: name',
    FIREWALL,
    'rules.6.statement.managedRuleGroupStatement.name',
    'AWSManagedRulesAmazonIpReputationList',
  ),
  row('deletion protection', BALANCER, 'enableDeletionProtection', true),
  ...[3, 4, 5, 6].map((index) =>
    row(`managed list ${index} blocks`, FIREWALL, `rules.${index}.overrideAction`, { none: {} }),
  ),
];

/** The one public thing. */
export const NOTHING_PUBLIC: readonly Rule[] = [
  rule(
    'nothing is reached from the internet but the balancer',
    (graph: Graph) => [
      ...select(graph, 'ecs/service:Service')
        .filter(
          ({ inputs }) =>
            (inputs.networkConfiguration as { assignPublicIp?: boolean }).assignPublicIp !== false,
        )
        .map(({ name }) => `${name} has a public address`),
      ...select(graph, 'BucketPublicAccessBlock')
        .filter(({ inputs }) => Object.values(inputs).includes(false))
        .map(({ name }) => `${name} is not closed`),
      ...(select(graph, 's3/bucket:Bucket').length === select(graph, 'BucketPublicAccessBlock').length
        ? []
        : ['a bucket has no block of public access']),
      ...select(graph, 'SecurityGroupIngressRule')
        .filter(
          ({ inputs }) => inputs.cidrIpv4 === '0.0.0.0/0' && inputs.securityGroupId !== 'BalancerGroup-id',
        )
        .map(({ name }) => `${name} lets the internet in`),
    ],
    set('ecs/service:Service', /Web/, 'networkConfiguration.assignPublicIp', true),
    set('ecs/service:Service', /Worker/, 'networkConfiguration.assignPublicIp', true),
    set('BucketPublicAccessBlock', /Archive/, 'blockPublicPolicy', false),
    remove('BucketPublicAccessBlock'),
    set('SecurityGroupIngressRule', /WebFromBalancer/, 'cidrIpv4', '0.0.0.0/0'),
  ),
];
