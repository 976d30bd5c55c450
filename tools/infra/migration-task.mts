import {
  type ContainerDefinition,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';

const MIGRATE = 'migrate';

export interface Migration {
  readonly stage: string;
  /** `sha256:…` of the image that is about to be deployed. */
  readonly digest: string;
  /** Between two looks whether it has ended, in milliseconds. */
  readonly pollMs?: number;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Runs the migrations of an image as a task of its own, as the running service's task would: its roles, secrets and
 * network, with the new image. Nothing to do before the first deployment.
 * @returns the task's ARN, or undefined when there is no service yet
 * @throws when the task can't be started, does not end, or ends with an error
 */
export async function runMigration(ecs: ECSClient, migration: Migration): Promise<string | undefined> {
  const cluster = `loopin-${migration.stage}-cluster`;
  const service = await describeWeb(ecs, cluster, migration.stage);
  if (service === undefined) return undefined;
  const { taskDefinition: current } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: service.taskDefinition }),
  );
  if (current === undefined) throw new Error(`${service.taskDefinition} is not there`);
  const { taskDefinition: registered } = await ecs.send(
    new RegisterTaskDefinitionCommand(migrationOnly(current, migration)),
  );
  const { tasks = [], failures = [] } = await ecs.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: registered?.taskDefinitionArn,
      launchType: 'FARGATE',
      networkConfiguration: service.networkConfiguration,
    }),
  );
  const task = tasks[0]?.taskArn;
  if (task === undefined) throw new Error(`no task: ${failures.map(({ reason }) => reason).join(', ')}`);
  await ended(ecs, cluster, task, migration);
  return task;
}

async function describeWeb(ecs: ECSClient, cluster: string, stage: string): Promise<Service | undefined> {
  try {
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [`loopin-${stage}-web`] }),
    );
    return services.find(({ status }) => status === 'ACTIVE');
  } catch (error) {
    if (error instanceof Error && error.name === 'ClusterNotFoundException') return undefined;
    throw error;
  }
}

/** The container of the migrations alone, with the new image. */
function migrationOnly(current: TaskDefinition, { stage, digest }: Migration) {
  const container = current.containerDefinitions?.find(({ name }) => name === MIGRATE);
  if (container?.image === undefined)
    throw new Error(`${current.taskDefinitionArn} has no container ${MIGRATE}`);
  const image = `${container.image.replace(/@.*$/, '')}@${digest}`;
  const containerDefinitions: ContainerDefinition[] = [{ ...container, image, essential: true }];
  const {
    taskRoleArn,
    executionRoleArn,
    networkMode,
    volumes,
    requiresCompatibilities,
    cpu,
    memory,
    runtimePlatform,
  } = current;
  const same = {
    taskRoleArn,
    executionRoleArn,
    networkMode,
    volumes,
    requiresCompatibilities,
    cpu,
    memory,
    runtimePlatform,
  };
  return { ...same, family: `loopin-${stage}-${MIGRATE}`, containerDefinitions };
}

async function ended(ecs: ECSClient, cluster: string, task: string, migration: Migration): Promise<void> {
  const { pollMs = 5_000, timeoutMs = 900_000 } = migration;
  const until = performance.now() + timeoutMs;
  while (performance.now() < until) {
    const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [task] }));
    const [found] = tasks;
    if (found?.lastStatus === 'STOPPED') {
      const code = found.containers?.find(({ name }) => name === MIGRATE)?.exitCode;
      if (code === 0) return;
      throw new Error(
        `the migrations ended with ${code ?? found.stoppedReason}: see /ecs/loopin-${migration.stage}-migrate`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`the migrations did not end within ${timeoutMs} ms: ${task}`);
}
