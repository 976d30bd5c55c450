import type { Bucket } from './bucket';
import { named } from './names';
import type { Network } from './network';
import type { SecurityGroups } from './security-groups';
import { PORT, type StagePolicy } from './stage';

/** TLS 1.3 and nothing older: every phone that the app supports speaks it. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-3-2021-06';

/** By which the balancer knows CloudFront. */
export const ORIGIN_KEY_HEADER = 'X-Origin-Key';

type OriginKey = $util.Output<string> | undefined;
export type Edge = ReturnType<typeof createEdge>;

/** The zone, the certificate and the one balancer: HTTPS only, to the tasks as well. */
export function createEdge(policy: StagePolicy, network: Network, groups: SecurityGroups, logs: Bucket) {
  const { domain, cloudFront, keepsData } = policy;
  const comment = `loopin ${$app.stage}`;
  const zone = new aws.route53.Zone('Zone', { name: domain, comment, forceDestroy: !keepsData });
  // behind CloudFront the balancer has a name of its own and the domain is the distribution's
  const host = cloudFront ? `origin.${domain}` : domain;
  const balancer = new sst.aws.Alb('Edge', {
    vpc: network,
    domain: { name: host, dns: sst.aws.dns({ zone: zone.zoneId }) },
    listeners: [{ port: 443, protocol: 'https' }],
    transform: {
      // replaced by the group of the table
      securityGroup: { description: 'Unused', ingress: [], egress: [] },
      listener: { sslPolicy: TLS_POLICY },
      loadBalancer: (args) => void Object.assign(args, hardened(policy, groups, logs)),
    },
  });
  const originKey = cloudFront
    ? new random.RandomPassword('OriginKey', { length: 40, special: false }).result
    : undefined;
  const listener = balancer.getListener('https', 443);
  const certificate = listener.certificateArn.apply((arn) => arn ?? '');
  return { zone, host, originKey, balancer, certificate, ...createTargets(network, listener, originKey) };
}

/** What SST's balancer is not. */
function hardened({ keepsData }: StagePolicy, groups: SecurityGroups, logs: Bucket) {
  return {
    name: named('edge'),
    securityGroups: [groups.balancer.id],
    dropInvalidHeaderFields: true,
    desyncMitigationMode: 'strictest',
    enableDeletionProtection: keepsData,
    idleTimeout: 60,
    accessLogs: { bucket: logs.id, prefix: 'balancer', enabled: true },
  };
}

/** The two groups of tasks between which a deployment moves the requests, and the rule that says how many go where. */
function createTargets(network: Network, listener: aws.lb.Listener, originKey: OriginKey) {
  const blue = targets('WebBlue', network);
  const green = targets('WebGreen', network);
  const targetGroups = [
    { arn: blue.arn, weight: 100 },
    { arn: green.arn, weight: 0 },
  ];
  const rule = new aws.lb.ListenerRule(
    'WebRule',
    {
      listenerArn: listener.arn,
      priority: 100,
      conditions: [{ pathPattern: { values: ['/*'] } }, ...fromCdnOnly(originKey)],
      actions: [{ type: 'forward', forward: { targetGroups } }],
    },
    // ECS moves the weights during a deployment
    { ignoreChanges: ['actions'] },
  );
  return { blue, green, rule };
}

/** With CloudFront in front, who comes past it could forge its address: everybody else gets 403. */
function fromCdnOnly(key: OriginKey) {
  return key === undefined ? [] : [{ httpHeader: { httpHeaderName: ORIGIN_KEY_HEADER, values: [key] } }];
}

/** Tasks speak TLS with a certificate of their own making; the balancer does not check it, the network is private. */
function targets(name: string, network: Network): aws.lb.TargetGroup {
  return new aws.lb.TargetGroup(name, {
    name: named(name === 'WebBlue' ? 'web-blue' : 'web-green'),
    vpcId: network.id,
    targetType: 'ip',
    port: PORT,
    protocol: 'HTTPS',
    deregistrationDelay: 30,
    healthCheck: {
      protocol: 'HTTPS',
      path: '/health/live',
      matcher: '200',
      interval: 15,
      timeout: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
    },
  });
}
