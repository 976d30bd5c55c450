import { type Graph, list, select } from '../graph';
import { add, type Rule, remove, row, rows, rule, set } from '../rule';

const INTERNET = '0.0.0.0/0';

/** Group, direction, port, peer: the strategy's table of security groups, and the three lines that are beyond it. */
const TABLE = [
  'BalancerGroup in 443 0.0.0.0/0',
  'BalancerGroup out 8000 WebGroup',
  'WebGroup in 8000 BalancerGroup',
  'WebGroup out 5432 0.0.0.0/0',
  'WebGroup out 6379 CacheGroup',
  'WebGroup out 443 0.0.0.0/0',
  'WorkerGroup in 8000 BalancerGroup',
  'WorkerGroup out 5432 0.0.0.0/0',
  'WorkerGroup out 6379 CacheGroup',
  'WorkerGroup out 443 0.0.0.0/0',
  'CacheGroup in 6379 WebGroup',
  'CacheGroup in 6379 WorkerGroup',
  // the worker sends mail; scheduled tasks are a group of their own
  'WorkerGroup out 465 0.0.0.0/0',
  'TaskGroup out 5432 0.0.0.0/0',
  'TaskGroup out 443 0.0.0.0/0',
];

/** What the rules of the graph say, in the table's words. */
function talkers(graph: Graph): string[] {
  const named = (id: unknown) => String(id).replace(/-id$/, '');
  const lines = (type: string, direction: string) =>
    select(graph, type).map(({ inputs }) => {
      const { ipProtocol, fromPort, toPort } = inputs;
      const ports =
        ipProtocol === 'tcp' && fromPort === toPort ? fromPort : `${ipProtocol} ${fromPort}-${toPort}`;
      const peer = inputs.cidrIpv4 ?? named(inputs.referencedSecurityGroupId);
      return `${named(inputs.securityGroupId)} ${direction} ${ports} ${peer}`;
    });
  return [
    ...lines('vpc/securityGroupIngressRule:SecurityGroupIngressRule', 'in'),
    ...lines('vpc/securityGroupEgressRule:SecurityGroupEgressRule', 'out'),
  ];
}

const subnet = (name: RegExp, cidrBlock: string): Rule =>
  row(`subnet ${cidrBlock}`, { type: 'Subnet', name }, 'cidrBlock', cidrBlock);

/** What the network is in every stage. */
export const NETWORK: readonly Rule[] = [
  row('VPC 10.0.0.0/16', { type: 'Vpc', name: /Vpc$/ }, 'cidrBlock', '10.0.0.0/16'),
  subnet(/PublicSubnet1/, '10.0.1.0/24'),
  subnet(/PublicSubnet2/, '10.0.4.0/24'),
  subnet(/PrivateSubnet1/, '10.0.2.0/24'),
  subnet(/PrivateSubnet2/, '10.0.3.0/24'),
  row('no subnet gives public addresses', { type: 'Subnet' }, 'mapPublicIpOnLaunch', false),
  ...rows('the default group is closed', { type: 'DefaultSecurityGroup' }, { ingress: [], egress: [] }),
  row('S3 by a gateway endpoint', { type: 'VpcEndpoint' }, 'vpcEndpointType', 'Gateway'),
  rule(
    'the table of security groups, line by line',
    (graph) => {
      const found = talkers(graph);
      return [
        ...TABLE.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
        ...found.filter((line) => !TABLE.includes(line)).map((line) => `too much: ${line}`),
      ];
    },
    ...TABLE.map((line) => (graph: Graph) => spoilLine(graph, line)),
    add('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', {
      securityGroupId: 'CacheGroup-id',
      ipProtocol: 'tcp',
      fromPort: 6379,
      toPort: 6379,
      cidrIpv4: INTERNET,
    }),
  ),
  rule(
    'every group and rule says what it is for',
    (graph) =>
      ['ec2/securityGroup:SecurityGroup', 'SecurityGroupIngressRule', 'SecurityGroupEgressRule'].flatMap(
        (type) =>
          select(graph, type)
            .filter(({ inputs }) => !inputs.description || inputs.description === 'Managed by SST')
            .map(({ name }) => name),
      ),
    set('ec2/securityGroup:SecurityGroup', /^WebGroup$/, 'description', ''),
    set('SecurityGroupIngressRule', /(?:)/, 'description', undefined),
    set('SecurityGroupEgressRule', /(?:)/, 'description', undefined),
  ),
  rule(
    'no group has rules of another kind, but the NAT instance’s',
    (graph) =>
      select(graph, 'ec2/securityGroup:SecurityGroup')
        .filter(({ name }) => name !== 'NatGroup')
        .filter(({ inputs }) => [inputs.ingress, inputs.egress].some((rules) => (rules as [])?.length > 0))
        .map(({ name }) => name),
    set('ec2/securityGroup:SecurityGroup', /^WebGroup$/, 'ingress', [{ fromPort: 22 }]),
  ),
  rule(
    'the private subnets leave by a NAT, never by the internet gateway',
    (graph) =>
      select(graph, 'RouteTable', /Private/)
        .filter(({ inputs }) => {
          const routes = inputs.routes as Record<string, unknown>[];
          return (
            routes.length !== 1 || (routes[0]?.natGatewayId ?? routes[0]?.networkInterfaceId) === undefined
          );
        })
        .map(({ name }) => name),
    set('RouteTable', /PrivateRouteTable1/, 'routes', [{ cidrBlock: INTERNET, gatewayId: 'igw' }]),
  ),
];

/** One NAT gateway, at the strategy's address. */
export const NETWORK_OF_PROD: readonly Rule[] = [
  row('the NAT is at 10.0.1.10', { type: 'NatGateway' }, 'privateIp', '10.0.1.10'),
  rule(
    'one NAT gateway: a second costs 45 dollars',
    (graph) => (select(graph, 'NatGateway').length === 1 ? [] : ['not one']),
    remove('NatGateway'),
    add('aws:ec2/natGateway:NatGateway', {}),
  ),
];

/** A NAT instance, whose group is open to the private subnets only. */
export const NETWORK_OF_OTHERS: readonly Rule[] = [
  ...rows(
    'the NAT instance',
    { type: 'ec2/instance:Instance' },
    {
      privateIp: '10.0.1.10',
      instanceType: 't4g.nano',
      sourceDestCheck: false,
      'metadataOptions.httpTokens': 'required',
      'rootBlockDevice.encrypted': true,
    },
  ),
  rule(
    'it takes from the private subnets only',
    (graph) =>
      select(graph, 'ec2/securityGroup:SecurityGroup', /^NatGroup$/).flatMap(({ inputs }) =>
        (inputs.ingress as { cidrBlocks: string[] }[])
          .flatMap(({ cidrBlocks }) => list(cidrBlocks))
          .filter((cidr) => !['10.0.2.0/24', '10.0.3.0/24'].includes(cidr)),
      ),
    set('ec2/securityGroup:SecurityGroup', /^NatGroup$/, 'ingress.0.cidrBlocks', [INTERNET]),
  ),
];

function spoilLine(graph: Graph, line: string): void {
  const [group, direction, port, peer] = line.split(' ');
  const type = direction === 'in' ? 'SecurityGroupIngressRule' : 'SecurityGroupEgressRule';
  const found = select(graph, type).find(({ inputs }) => {
    const peers = [inputs.cidrIpv4, inputs.referencedSecurityGroupId];
    return (
      inputs.securityGroupId === `${group}-id` &&
      inputs.fromPort === Number(port) &&
      (peers.includes(peer) || peers.includes(`${peer}-id`))
    );
  });
  if (found === undefined) throw new Error(`no rule for ${line}`);
  found.inputs.toPort = 65_535;
}
