import { type Graph, list, roleStatements, type Statement, select } from '../graph';
import { add, first, type Rule, row, rule, set } from '../rule';

/** `*` where AWS knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const WITHOUT_RESOURCE = [
  'ecr:GetAuthorizationToken',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'cloudwatch:DescribeAlarms',
  'logs:GetQueryResults',
  'logs:DescribeLogGroups',
];
/** Roles that hold one of Amazon's own policies, and why. */
const MANAGED: Readonly<Record<string, string>> = {
  AdminRole: 'arn:aws:iam::aws:policy/AdministratorAccess',
  DeployRole: 'arn:aws:iam::aws:policy/PowerUserAccess',
  BalancingRole: 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers',
};
const PEOPLE = ['AdminRole', 'DeveloperRole'];

const WEB_QUEUES = ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'];
const WORKER_QUEUES = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
  'sqs:SendMessage',
];
const QUEUES = ['push-notifications', 'webhook-events', 'background-jobs'];

/** Who may do what. */
export function iamOf(stage: string): Rule[] {
  const queue = (name: string) => `arn:aws:sqs:ap-south-1:123456789012:loopin-${stage}-${name}`;
  const main = QUEUES.map(queue);
  const all = QUEUES.flatMap((name) => [queue(name), queue(`${name}-dlq`)]);
  return [
    ...NOTHING_WILD,
    holds('WebTaskRole', [{ actions: WEB_QUEUES, resources: main }]),
    holds('WorkerTaskRole', [
      { actions: WORKER_QUEUES, resources: all },
      {
        actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'],
        resources: ['audit', 'audit_events', 'push_deliveries', 'webhook_events', 'erasures'].map(
          (prefix) => `arn:aws:s3:::ArchiveBucket/${prefix}/*`,
        ),
      },
      { actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::ArchiveBucket'] },
    ]),
    holds('SchedulesRole', [
      { actions: ['sqs:SendMessage'], resources: [queue('background-jobs'), queue('background-jobs-dlq')] },
    ]),
    ...['WebExecutionRole', 'WorkerExecutionRole'].map((name) => readsOnlyItsSecrets(name, stage)),
    trusts('ImageRole', stage),
    trusts('DeployRole', stage),
  ];
}

const NOTHING_WILD: readonly Rule[] = [
  rule(
    'no action is `*`',
    (graph) =>
      allowed(graph).flatMap(({ of, Action }) =>
        list(Action)
          .filter((action) => action.includes('*'))
          .map(() => of),
      ),
    set('iam/role:Role', /WebTaskRole/, 'inlinePolicies.0.policy.Statement.0.Action', '*'),
    set('iam/role:Role', /WebTaskRole/, 'inlinePolicies.0.policy.Statement.0.Action', ['sqs:*']),
  ),
  rule(
    'no resource is `*` where the service knows one',
    (graph) =>
      allowed(graph)
        .filter(({ Resource }) => list(Resource).includes('*'))
        .filter(({ Action }) => !list(Action).every((action) => WITHOUT_RESOURCE.includes(action)))
        .map(({ of }) => of),
    set('iam/role:Role', /WebTaskRole/, 'inlinePolicies.0.policy.Statement.0.Resource', '*'),
    set('iam/role:Role', /WorkerExecutionRole/, 'inlinePolicies.0.policy.Statement.3.Resource', ['*']),
  ),
  rule(
    'Amazon’s own policies are held by whom they are meant for',
    (graph) =>
      select(graph, 'iam/role:Role').flatMap(({ name, inputs }) =>
        list(inputs.managedPolicyArns as string[] | undefined)
          .filter((arn) => MANAGED[name] !== arn)
          .map((arn) => `${name}: ${arn}`),
      ),
    set('iam/role:Role', /WebTaskRole/, 'managedPolicyArns', ['arn:aws:iam::aws:policy/AdministratorAccess']),
  ),
  rule(
    'every role but people’s has the boundary',
    (graph) =>
      select(graph, 'iam/role:Role')
        .filter(({ name }) => !PEOPLE.includes(name))
        .filter(({ inputs }) => !/policy\/loopin-\w+-boundary$/.test(String(inputs.permissionsBoundary)))
        .map(({ name }) => name),
    set('iam/role:Role', /DeployRole/, 'permissionsBoundary', undefined),
    set('iam/role:Role', /WebTaskRole/, 'permissionsBoundary', undefined),
  ),
  rule(
    'the boundary gives no rights over people, and no role without it',
    (graph) => {
      const found = select(graph, 'iam/policy:Policy', /^Boundary$/)[0]?.inputs.policy as {
        Statement: Statement[];
      };
      const [allow, , deny] = found.Statement;
      const without = deny?.Condition?.StringNotEquals?.['iam:PermissionsBoundary'];
      const people = list(allow?.NotAction).includes('iam:*');
      const roles = list(deny?.Action).includes('iam:CreateRole') && deny?.Effect === 'Deny';
      return people && roles && /-boundary$/.test(String(without)) ? [] : ['it does'];
    },
    set('iam/policy:Policy', /^Boundary$/, 'policy.Statement.0.NotAction', ['organizations:*']),
    set('iam/policy:Policy', /^Boundary$/, 'policy.Statement.2.Effect', 'Allow'),
    set('iam/policy:Policy', /^Boundary$/, 'policy.Statement.2.Condition', {}),
  ),
  rule(
    'people come with a second factor',
    (graph) =>
      select(graph, 'iam/role:Role', /^(Admin|Developer)Role$/)
        .filter(({ inputs }) => {
          const { Statement: statements } = inputs.assumeRolePolicy as { Statement: Statement[] };
          return statements.some(
            ({ Condition }) => Condition?.Bool?.['aws:MultiFactorAuthPresent'] !== 'true',
          );
        })
        .map(({ name }) => name),
    set('iam/role:Role', /^DeveloperRole$/, 'assumeRolePolicy.Statement.0.Condition', {}),
  ),
  rule(
    'developers only look, at metrics and at logs of the services',
    (graph) =>
      roleStatements(graph, /^DeveloperRole$/)
        .flatMap(({ Action }) => list(Action))
        .filter((action) => !/^(logs|cloudwatch|ecs):(Get|Describe|List|Filter|StartQuery)/.test(action)),
    set('iam/role:Role', /^DeveloperRole$/, 'inlinePolicies.0.policy.Statement.0.Action', [
      'logs:DeleteLogGroup',
    ]),
  ),
  rule(
    'execution and task roles are two',
    (graph) =>
      select(graph, 'TaskDefinition')
        .filter(({ inputs }) => inputs.executionRoleArn === inputs.taskRoleArn)
        .map(({ name }) => name),
    (graph) =>
      first(graph, { type: 'TaskDefinition' }, ({ inputs }) =>
        Object.assign(inputs, { taskRoleArn: inputs.executionRoleArn }),
      ),
  ),
  rule(
    'no user and no key of AWS',
    (graph) => [...select(graph, 'iam/user:User'), ...select(graph, 'AccessKey')].map(({ name }) => name),
    add('aws:iam/user:User', {}),
    add('aws:iam/accessKey:AccessKey', {}),
  ),
  row(
    'the image is pushed by its own role',
    { type: 'iam/role:Role', name: /^ImageRole$/ },
    'description',
    'GitHub: pushes images',
  ),
];

interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** A role holds exactly this. */
function holds(name: string, grants: readonly Grant[]): Rule {
  const expected = grants.map(({ actions, resources }) => ({ actions, resources }));
  const pattern = new RegExp(`^${name}$`);
  return rule(
    `${name} holds exactly what it needs`,
    (graph) => {
      const found = roleStatements(graph, pattern).map(({ Action, Resource }) => ({
        actions: list(Action),
        resources: list(Resource),
      }));
      return JSON.stringify(found) === JSON.stringify(expected) ? [] : [JSON.stringify(found)];
    },
    ...grants.flatMap((_grant, index) => [
      set('iam/role:Role', pattern, `inlinePolicies.0.policy.Statement.${index}.Action`, ['sqs:PurgeQueue']),
      set('iam/role:Role', pattern, `inlinePolicies.0.policy.Statement.${index}.Resource`, [
        'arn:aws:sqs:::other',
      ]),
    ]),
  );
}

function readsOnlyItsSecrets(name: string, stage: string): Rule {
  const others = name === 'WebExecutionRole' ? ['worker'] : ['web', 'database-owner'];
  return rule(
    `${name} reads its own secrets`,
    (graph) => {
      const read = roleStatements(graph, new RegExp(`^${name}$`))
        .filter(({ Action }) => list(Action).includes('secretsmanager:GetSecretValue'))
        .flatMap(({ Resource }) => list(Resource));
      const foreign = read.filter((arn) =>
        others.some((secret) => arn.includes(`loopin/${stage}/${secret}-`)),
      );
      return read.length > 0 && read.every((arn) => arn.includes(`:secret:loopin/${stage}/`))
        ? foreign
        : ['none'];
    },
    set('iam/role:Role', new RegExp(`^${name}$`), 'inlinePolicies.0.policy.Statement.3.Resource', [
      `arn:aws:secretsmanager:ap-south-1:123456789012:secret:loopin/${stage}/${others[0]}-AbCdEf`,
    ]),
  );
}

/** GitHub, this repository, this environment. */
function trusts(name: string, stage: string): Rule {
  const issuer = 'token.actions.githubusercontent.com';
  return rule(
    `${name} is for one environment of the repository`,
    (graph) => {
      const [statement] = select(graph, 'iam/role:Role', new RegExp(`^${name}$`)).flatMap(
        ({ inputs }) => (inputs.assumeRolePolicy as { Statement: Statement[] }).Statement,
      );
      const claims = statement?.Condition?.StringEquals;
      const expected = `repo:loopin/loopin-backend:environment:${stage}`;
      return claims?.[`${issuer}:sub`] === expected && claims[`${issuer}:aud`] === 'sts.amazonaws.com'
        ? []
        : ['not so'];
    },
    set('iam/role:Role', new RegExp(`^${name}$`), 'assumeRolePolicy.Statement.0.Condition', {
      StringLike: { [`${issuer}:sub`]: 'repo:loopin/*' },
    }),
  );
}

/** What the roles' own policies allow. */
function allowed(graph: Graph): Statement[] {
  return roleStatements(graph).filter(({ Effect }) => Effect === 'Allow');
}
