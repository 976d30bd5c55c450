import { named, policy } from './names';
import type { StagePolicy } from './stage';

const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess';
const SESSION_SECONDS = 3_600;

/** People take a role for an hour, with their second factor: the CTO all rights, developers a look at metrics and logs. */
export function createPeople({ ownsAccount }: StagePolicy): void {
  const { accountId } = aws.getCallerIdentityOutput();
  const assumeRolePolicy = $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: $interpolate`arn:aws:iam::${accountId}:root` },
        Condition: {
          Bool: { 'aws:MultiFactorAuthPresent': 'true' },
          NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' },
        },
      },
    ],
  });
  const person = { assumeRolePolicy, maxSessionDuration: SESSION_SECONDS };
  if (ownsAccount) {
    new aws.iam.Role('AdminRole', {
      ...person,
      name: named('admin'),
      description: 'The CTO',
      managedPolicyArns: [ADMINISTRATOR],
    });
  }
  const { region } = aws.getRegionOutput();
  const arn = (service: string, rest: string) =>
    $interpolate`arn:aws:${service}:${region}:${accountId}:${rest}`;
  new aws.iam.Role('DeveloperRole', {
    ...person,
    name: named('developer'),
    description: 'Developers: metrics and logs, to read',
    inlinePolicies: [
      {
        name: 'inline',
        policy: policy(
          {
            actions: [
              'logs:DescribeLogStreams',
              'logs:GetLogEvents',
              'logs:FilterLogEvents',
              'logs:StartQuery',
            ],
            resources: [arn('logs', `log-group:/ecs/${named('*')}`)],
          },
          // AWS knows no resource for these
          {
            actions: [
              'cloudwatch:GetMetricData',
              'cloudwatch:ListMetrics',
              'cloudwatch:DescribeAlarms',
              'logs:GetQueryResults',
              'logs:DescribeLogGroups',
            ],
            resources: ['*'],
          },
          {
            actions: ['ecs:DescribeServices', 'ecs:DescribeTasks', 'ecs:ListTasks'],
            resources: [
              arn('ecs', `service/${named('cluster')}/*`),
              arn('ecs', `task/${named('cluster')}/*`),
              arn('ecs', `container-instance/${named('cluster')}/*`),
            ],
          },
        ),
      },
    ],
  });
}
