import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { ECSClient } from '@aws-sdk/client-ecs';
import { runMigration } from '../../tools/infra/migration-task.mts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const NETWORK = {
  awsvpcConfiguration: { subnets: ['s1'], securityGroups: ['g1'], assignPublicIp: 'DISABLED' },
};

type Call = readonly [operation: string, body: Record<string, unknown>];

/** Answers as ECS does (its JSON protocol), from a table of operations. */
class FakeEcs {
  readonly calls: Call[] = [];
  #server: Server | undefined;

  constructor(readonly answers: Record<string, (body: Record<string, unknown>) => unknown>) {}

  async start(): Promise<ECSClient> {
    const server = createServer(async (request, response) => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const body = (await json(request)) as Record<string, unknown>;
      this.calls.push([operation, body]);
      const answer = this.answers[operation]?.(body) ?? { __type: 'ClientException' };
      const failed = typeof answer === 'object' && '__type' in answer;
      response.writeHead(failed ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return new ECSClient({ region: 'ap-south-1', endpoint, credentials, maxAttempts: 1 });
  }

  stop(): void {
    this.#server?.close();
  }
}

const RUNNING = {
  DescribeServices: () => ({
    services: [{ status: 'ACTIVE', taskDefinition: 'web:7', networkConfiguration: NETWORK }],
  }),
  DescribeTaskDefinition: () => ({
    taskDefinition: {
      executionRoleArn: 'execution',
      taskRoleArn: 'task',
      cpu: '256',
      memory: '512',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [
        { name: 'web', image: 'repository@sha256:old' },
        {
          name: 'migrate',
          image: 'repository@sha256:old',
          essential: false,
          secrets: [{ name: 'S', valueFrom: 'arn' }],
        },
      ],
    },
  }),
  RegisterTaskDefinition: () => ({ taskDefinition: { taskDefinitionArn: 'migrate:1' } }),
  RunTask: () => ({ tasks: [{ taskArn: 'task-1' }] }),
};

let ecs: FakeEcs;
afterEach(() => ecs.stop());

async function migrate(answers: FakeEcs['answers']): Promise<string | undefined> {
  ecs = new FakeEcs(answers);
  return runMigration(await ecs.start(), { stage: 'prod', digest: DIGEST, pollMs: 1, timeoutMs: 10_000 });
}

function stoppedWith(exitCode: number, after = 1): () => unknown {
  let looks = 0;
  return () => ({
    tasks: [
      { lastStatus: looks++ < after ? 'RUNNING' : 'STOPPED', containers: [{ name: 'migrate', exitCode }] },
    ],
  });
}

it('runs the migrations alone, with the new image, as the service’s tasks run', async () => {
  await expect(migrate({ ...RUNNING, DescribeTasks: stoppedWith(0) })).resolves.toBe('task-1');
  const registered = ecs.calls.find(([operation]) => operation === 'RegisterTaskDefinition')?.[1];
  expect(registered).toMatchObject({
    family: 'loopin-prod-migrate',
    executionRoleArn: 'execution',
    containerDefinitions: [
      { name: 'migrate', image: `repository@${DIGEST}`, essential: true, secrets: [{ name: 'S' }] },
    ],
  });
  expect(registered?.containerDefinitions).toHaveLength(1);
  const started = ecs.calls.find(([operation]) => operation === 'RunTask')?.[1];
  expect(started).toMatchObject({
    cluster: 'loopin-prod-cluster',
    taskDefinition: 'migrate:1',
    networkConfiguration: NETWORK,
  });
});

it('stops the deployment when they fail', async () => {
  await expect(migrate({ ...RUNNING, DescribeTasks: stoppedWith(1) })).rejects.toThrow('ended with 1');
});

it('stops the deployment when ECS starts no task', async () => {
  const RunTask = () => ({ tasks: [], failures: [{ reason: 'RESOURCE:ENI' }] });
  await expect(migrate({ ...RUNNING, RunTask })).rejects.toThrow('RESOURCE:ENI');
});

it.each([
  ['no cluster', () => ({ __type: 'ClusterNotFoundException' })],
  ['no service', () => ({ services: [] })],
])('has nothing to do while there is %s', async (_what, DescribeServices) => {
  await expect(migrate({ DescribeServices })).resolves.toBeUndefined();
});
