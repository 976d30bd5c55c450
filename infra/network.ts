import type { Bucket } from './bucket';
import { REGION, type StagePolicy } from './stage';

export const VPC_CIDR = '10.0.0.0/16';
const PUBLIC_CIDRS = ['10.0.1.0/24', '10.0.4.0/24'];
const PRIVATE_CIDRS = ['10.0.2.0/24', '10.0.3.0/24'];
/** Where a NAT sits in its public subnet. */
const NAT_ADDRESSES = ['10.0.1.10', '10.0.4.10'];
/** Publisher of fck-nat's images. */
const FCK_NAT_OWNER = '568608671756';

export type Network = ReturnType<typeof createNetwork>;

/** Two zones, each with a public subnet (balancer, NAT) and a private one (everything else). */
export function createNetwork(policy: StagePolicy) {
  const vpc = new sst.aws.Vpc('Network', {
    az: 2,
    transform: {
      vpc: { cidrBlock: VPC_CIDR },
      publicSubnet: (args, _options, name) => {
        Object.assign(args, { cidrBlock: PUBLIC_CIDRS[indexOf(name)], mapPublicIpOnLaunch: false });
      },
      privateSubnet: (args, _options, name) => {
        Object.assign(args, { cidrBlock: PRIVATE_CIDRS[indexOf(name)], mapPublicIpOnLaunch: false });
      },
      // nobody may use the default group
      securityGroup: { ingress: [], egress: [] },
      // evaluated when the zones are known, which is after `outward` has its value
      privateRouteTable: (args, _options, name) => {
        args.routes = [{ cidrBlock: '0.0.0.0/0', ...outward(indexOf(name)) }];
      },
    },
  });
  const outward = createWayOut(policy, vpc);
  new aws.ec2.VpcEndpoint('S3Endpoint', {
    vpcId: vpc.id,
    vpcEndpointType: 'Gateway',
    serviceName: `com.amazonaws.${REGION}.s3`,
    routeTableIds: vpc.nodes.privateRouteTables.apply((tables) => tables.map((table) => table.id)),
  });
  return vpc;
}

/** By switch: who talked to whom, for audits that ask for it. */
export function logNetwork({ flowLogs }: StagePolicy, network: Network, logs: Bucket): void {
  if (!flowLogs) return;
  new aws.ec2.FlowLog('FlowLog', {
    vpcId: network.id,
    trafficType: 'ALL',
    logDestinationType: 's3',
    logDestination: $interpolate`${logs.arn}/network/`,
    destinationOptions: { fileFormat: 'parquet', perHourPartition: true },
  });
}

/** SST numbers what it makes per zone from 1. */
function indexOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]) - 1;
}

type Route = { natGatewayId: $util.Input<string> } | { networkInterfaceId: $util.Input<string> };

/** Makes the NATs and tells through which one the private subnet of a zone reaches the internet. */
function createWayOut({ nat }: StagePolicy, vpc: sst.aws.Vpc): (zone: number) => Route {
  if (nat === 'instance') {
    const instance = natInstance(vpc);
    return () => ({ networkInterfaceId: instance.primaryNetworkInterfaceId });
  }
  const gateways = NAT_ADDRESSES.slice(0, nat === 'gateway' ? 1 : 2).map((privateIp, zone) => {
    const address = new aws.ec2.Eip(`NatAddress${zone + 1}`, { domain: 'vpc' });
    return new aws.ec2.NatGateway(`Nat${zone + 1}`, {
      subnetId: publicSubnet(vpc, zone),
      allocationId: address.id,
      privateIp,
    });
  });
  return (zone) => {
    const gateway = gateways[zone] ?? gateways[0];
    if (gateway === undefined) throw new Error('there is no NAT gateway');
    return { natGatewayId: gateway.id };
  };
}

/** For stages that may lose their way out for some minutes: a seventh of a gateway's price. */
function natInstance(vpc: sst.aws.Vpc): aws.ec2.Instance {
  const group = new aws.ec2.SecurityGroup('NatGroup', {
    vpcId: vpc.id,
    description: 'NAT instance: from the private subnets to the internet',
    ingress: [443, 465, 5432].map((port) => rule(port, PRIVATE_CIDRS, 'from tasks')),
    egress: [443, 465, 5432].map((port) => rule(port, ['0.0.0.0/0'], 'to the internet')),
  });
  const image = aws.ec2.getAmiOutput({
    owners: [FCK_NAT_OWNER],
    mostRecent: true,
    filters: [
      { name: 'name', values: ['fck-nat-al2023-*'] },
      { name: 'architecture', values: ['arm64'] },
    ],
  });
  const instance = new aws.ec2.Instance(
    'NatInstance',
    {
      ami: image.id,
      instanceType: 't4g.nano',
      subnetId: publicSubnet(vpc, 0),
      privateIp: '10.0.1.10',
      vpcSecurityGroupIds: [group.id],
      sourceDestCheck: false,
      metadataOptions: { httpTokens: 'required', httpEndpoint: 'enabled' },
      rootBlockDevice: { encrypted: true, volumeType: 'gp3', volumeSize: 8 },
    },
    // a newer image must not take the network away in the middle of a deployment
    { ignoreChanges: ['ami'] },
  );
  new aws.ec2.Eip('NatAddress1', { domain: 'vpc', instance: instance.id });
  return instance;
}

function rule(port: number, cidrBlocks: string[], description: string) {
  return { protocol: 'tcp', fromPort: port, toPort: port, cidrBlocks, description };
}

function publicSubnet(vpc: sst.aws.Vpc, zone: number): $util.Output<string> {
  return vpc.publicSubnets.apply((subnets) => {
    const subnet = subnets[zone];
    if (subnet === undefined) throw new Error(`zone ${zone} has no public subnet`);
    return subnet;
  });
}
