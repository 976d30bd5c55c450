import { hardened } from './container';
import { type Ground, SIZE } from './ground';
import { logGroupOf, policy, type Statement, streamsOf } from './names';

/** Where the steps of a task hand files on: the one place that the Postgres image lets its user write. */
export const FILES = '/var/lib/postgresql/data';

/** A container that does one thing in a shell and ends. */
export interface Step {
  readonly name: string;
  readonly image: string;
  readonly shell: string;
  /** By number, where it is not the one of our own image. */
  readonly user?: string;
  readonly environment: Readonly<Record<string, $util.Input<string>>>;
  /** The owner's way to the database, for the step that needs it. */
  readonly secret?: aws.secretsmanager.Secret;
}

/** A task of steps, each after the one before has succeeded, started by the clock. */
export function scheduleSteps(
  name: string,
  schedule: `cron(${string})`,
  { cluster }: Ground,
  steps: readonly Step[],
  ...may: readonly Statement[]
): sst.aws.Task {
  const task = new sst.aws.Task(name, {
    ...SIZE,
    cluster,
    containers: steps.map(containerOf),
    transform: {
      taskRole: inline(may),
      executionRole: inline(startedBy(steps)),
      taskDefinition: hardened(inOrder(steps)),
    },
  });
  new sst.aws.CronV2(`${name}Cron`, { task, schedule, retries: 2 });
  return task;
}

function containerOf({ name, image, shell, environment, secret }: Step) {
  return {
    name,
    image,
    entrypoint: ['/bin/sh', '-c'],
    command: [shell],
    environment,
    ssm: ownerUrl(secret),
    logging: { name: logGroupOf(name), retention: '1 month' as const },
  };
}

function ownerUrl(secret?: aws.secretsmanager.Secret): Record<string, $util.Output<string>> {
  return secret === undefined ? {} : { DATABASE_OWNER_URL: $interpolate`${secret.arn}:DATABASE_OWNER_URL::` };
}

function inOrder(steps: readonly Step[]): Record<string, object> {
  const entries = steps.map(({ name, user }, index) => {
    const before = steps[index - 1];
    return [
      name,
      {
        ...(user === undefined ? {} : { user }),
        ...(before === undefined
          ? {}
          : { dependsOn: [{ containerName: before.name, condition: 'SUCCESS' }] }),
        essential: index === steps.length - 1,
        mountPoints: [{ sourceVolume: 'tmp', containerPath: FILES }],
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** The log of each step, and the secret of those that have one. Public images need no right. */
function startedBy(steps: readonly Step[]): Statement[] {
  const secrets = steps.flatMap(({ secret }) => (secret === undefined ? [] : [secret.arn]));
  const logs: Statement = {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: steps.map(({ name }) => streamsOf(name)),
  };
  return secrets.length === 0
    ? [logs]
    : [logs, { actions: ['secretsmanager:GetSecretValue'], resources: secrets }];
}

function inline(statements: readonly Statement[]) {
  return { managedPolicyArns: [], inlinePolicies: [{ name: 'inline', policy: policy(...statements) }] };
}
