import { createRequire } from 'node:module';

/** The account and region that the mocks play. */
export const ACCOUNT = '123456789012';
export const REGION = 'ap-south-1';

type Values = Record<string, unknown>;

/** What Pulumi's own marker of a secret value looks like on the wire. */
const SECRET = '4dabf18193072939515e22adb298388d';

/** Takes Pulumi's marks off, all the way down. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  if (SECRET in value && 'value' in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** Services whose name in an ARN is not that of Pulumi's module. */
const ARN_SERVICE: Values = {
  lb: 'elasticloadbalancing',
  appautoscaling: 'autoscaling',
  kinesis: 'firehose',
  alb: 'elasticloadbalancing',
};

/** An ARN of the right shape for a resource that AWS would have made. */
export function arnOf(type: string, name: string): string {
  const [, module = '', kind = ''] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
  const at = `${REGION}:${ACCOUNT}`;
  if (module === 's3') return `arn:aws:s3:::${name}`;
  if (module === 'iam') return `arn:aws:iam::${ACCOUNT}:${kind.toLowerCase()}/${name}`;
  if (module === 'sqs' || module === 'sns') return `arn:aws:${module}:${at}:${name}`;
  if (kind === 'LogGroup') return `arn:aws:logs:${at}:log-group:${name}`;
  if (kind === 'Secret') return `arn:aws:secretsmanager:${at}:secret:${name}-AbCdEf`;
  if (kind === 'LoadBalancer')
    return `arn:aws:elasticloadbalancing:${at}:loadbalancer/app/${name}/0123456789abcdef`;
  if (kind === 'TargetGroup')
    return `arn:aws:elasticloadbalancing:${at}:targetgroup/${name}/0123456789abcdef`;
  if (kind === 'Repository') return `arn:aws:ecr:${at}:repository/${name}`;
  if (kind === 'TaskDefinition') return `arn:aws:ecs:${at}:task-definition/${name}:1`;
  return `arn:aws:${ARN_SERVICE[module] ?? module}:${at}:${kind.toLowerCase()}/${name}`;
}

/** What AWS would add to a resource's own inputs, as far as something reads it. */
export function createdState(type: string, name: string, inputs: Values): { id: string; state: Values } {
  const physical = String(inputs.name ?? inputs.bucket ?? inputs.replicationGroupId ?? inputs.family ?? name);
  const arn = arnOf(type, physical);
  const state: Values = { ...inputs, name: physical, arn, ...extras(type, physical, arn, inputs) };
  return { id: String(state.url ?? `${name}-id`), state };
}

function extras(type: string, name: string, arn: string, inputs: Values): Values {
  const suffix = arn
    .split(':')
    .at(-1)
    ?.replace(/^loadbalancer\//, '');
  switch (type) {
    case 'aws:sqs/queue:Queue':
      return { url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` };
    case 'aws:lb/loadBalancer:LoadBalancer':
      return { arnSuffix: suffix, dnsName: `${name}.${REGION}.elb.amazonaws.com`, zoneId: 'ZP97RAFLXTNZK' };
    case 'aws:lb/targetGroup:TargetGroup':
      return { arnSuffix: suffix };
    case 'aws:elasticache/replicationGroup:ReplicationGroup':
      return { clusterEnabled: false, primaryEndpointAddress: `master.${name}.cache.amazonaws.com` };
    case 'aws:acm/certificate:Certificate':
      return { domainValidationOptions: [validationOf(String(inputs.domainName))] };
    case 'aws:route53/zone:Zone':
      return { zoneId: 'Z0000000OFFLINE', nameServers: ['ns-1.example', 'ns-2.example'] };
    case 'aws:ecr/repository:Repository':
      return { registryId: ACCOUNT, repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}` };
    case 'aws:ec2/instance:Instance':
      return { primaryNetworkInterfaceId: `eni-${name}` };
    case 'random:index/randomPassword:RandomPassword':
      return { result: 'made-offline' };
    case 'random:index/randomBytes:RandomBytes':
      return { base64: Buffer.alloc(32).toString('base64') };
    case 'docker-build:index:Image':
      return { digest: `sha256:${'0'.repeat(64)}` };
    default:
      return {};
  }
}

function validationOf(domainName: string): Values {
  const record = {
    resourceRecordName: `_x.${domainName}.`,
    resourceRecordType: 'CNAME',
    resourceRecordValue: '_y.aws.',
  };
  return { domainName, ...record };
}

/**
 * Answers of the look-ups that a stage may make.
 * @throws for any other: a stage that asks for more would not synthesise without an account
 */
export function lookUp(token: string, inputs: Values, domain: string): Values {
  const kind = token.split(':').at(-1);
  switch (kind) {
    case 'getRegion':
      return { id: REGION, name: REGION, region: REGION };
    case 'getCallerIdentity':
      return { id: ACCOUNT, accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: 'offline' };
    case 'getPartition':
      return { id: 'aws', partition: 'aws', dnsSuffix: 'amazonaws.com', reverseDnsPrefix: 'com.amazonaws' };
    case 'getAvailabilityZones':
      return { id: REGION, names: ['a', 'b', 'c'].map((zone) => REGION + zone), zoneIds: [] };
    case 'getAmi':
      return { id: 'ami-0123456789abcdef0', architecture: 'arm64' };
    case 'getAuthorizationToken':
      return {
        id: REGION,
        proxyEndpoint: `https://${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
        userName: 'AWS',
        password: 'offline',
      };
    case 'getZone':
      return { id: 'Z', zoneId: inputs.zoneId, name: domain };
    case 'getPolicyDocument':
      return policyDocument(inputs);
    default:
      throw new Error(`nobody can answer ${token} offline`);
  }
}

interface Statement {
  readonly sid?: string;
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
  readonly conditions?: readonly {
    readonly test: string;
    readonly variable: string;
    readonly values: readonly string[];
  }[];
}

/** The document that AWS's provider would render, so that tests see a real one. */
function policyDocument(inputs: Values): Values {
  const statements = (inputs.statements ?? []) as readonly Statement[];
  const json = JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(
      ({ sid, effect = 'Allow', actions, resources, principals, conditions = [] }) => ({
        Sid: sid,
        Effect: effect,
        Action: actions,
        Resource: resources,
        Principal:
          principals && Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers])),
        Condition: Object.fromEntries(
          conditions.map(({ test, variable, values }) => [test, { [variable]: values }]),
        ),
      }),
    ),
  });
  return { id: 'document', json, minifiedJson: json, statements };
}

/** Requires what the platform brings, by the platform's own packages. */
export function requireOf(platform: string): NodeJS.Require {
  return createRequire(`${platform}/package.json`);
}
