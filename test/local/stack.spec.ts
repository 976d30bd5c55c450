import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import pg from 'pg';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { accepts, findFreeBase } from '../../tools/local/ports.mts';
import { type ProcessIdentity, ProcessTable } from '../../tools/local/process-table.mts';
import { waitFor } from '../../tools/local/wait.mts';

jest.setTimeout(120_000);

const SERVICES = ['postgres', 'redis', 'sqs', 'onesignal', 'mailbox', 'storage'];
const START = { servicesOnly: true };

describe('the local stack', () => {
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startLocalStack(START);
  });
  afterAll(() => stack.stop());

  it('says where it is ready, in exactly one line', () => {
    const lines = stack.logs().filter((line) => line.startsWith('ready '));
    expect(lines).toEqual([`ready http://127.0.0.1:${stack.ports.web}`]);
    expect(Number(readFileSync(path.join(stack.state, 'pid'), 'utf8'))).toBe(stack.pid('supervisor'));
  });

  it('runs Postgres 17 behind a password, with the roles of Supabase', async () => {
    const { rows } = await query(stack, 'show server_version_num');
    expect(rows[0].server_version_num).toMatch(/^17/);
    const roles = await query(
      stack,
      "select from pg_roles where rolname in ('anon', 'authenticated', 'service_role')",
    );
    expect(roles.rowCount).toBe(3);

    const stranger = new pg.Client({
      host: '127.0.0.1',
      port: stack.ports.postgres,
      user: 'postgres',
      password: 'x',
    });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
  });

  it('runs queues with dead letters after five receives and 30 s of visibility', async () => {
    for (const url of queueUrls(stack)) {
      const { Attributes } = await sqs(stack).send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      expect(Attributes?.VisibilityTimeout).toBe('30');
      const redrive = JSON.parse(Attributes?.RedrivePolicy ?? '{}');
      expect(String(redrive.maxReceiveCount)).toBe('5');
      expect(redrive.deadLetterTargetArn).toMatch(new RegExp(`:${path.basename(url)}-dlq$`));
      await sqs(stack).send(new PurgeQueueCommand({ QueueUrl: `${url}-dlq` }));
    }
  });

  it('listens on loopback only', async () => {
    const others = Object.values(os.networkInterfaces())
      .flat()
      .flatMap((one) => (one && !one.internal ? one.address : []));
    const open = await Promise.all(
      others.flatMap((host) => Object.values(stack.ports).map((port) => canConnect(host, port))),
    );
    expect(open).not.toContain(true);
  });

  it('is refused a second time on the same state folder', async () => {
    await expect(startLocalStack({ ...START, state: stack.state })).rejects.toThrow(
      `already runs on ${stack.state} (pid ${stack.pid('supervisor')})`,
    );
    expect(await accepts(stack.ports.postgres)).toBe(true);
  });

  it('is refused on a port that is taken, and starts nothing', async () => {
    const state = temporaryFolder();
    const start = startLocalStack({ ...START, state, portBase: stack.ports.web });
    await expect(start).rejects.toThrow(`port ${stack.ports.redis} (Redis)`);
    expect(new ProcessTable(state).alive().size).toBe(0);
    rmSync(state, { recursive: true });
  });

  it.each([
    [{ LOCAL_PORT_BASE: '80' }, [], 'LOCAL_PORT_BASE must be a port from 1024'],
    [{}, ['--relaod'], 'unknown option --relaod'],
  ])('says what is wrong with its options: %j %j', async (env, flags, text) => {
    expect(await outputOf(flags, env)).toContain(text);
  });

  it('names a service that dies, and leaves it dead', async () => {
    process.kill(stack.pid('redis'), 'SIGKILL');
    const line = () => stack.logs().find((one) => one.includes('redis has died (signal SIGKILL)'));
    expect(await waitFor('the line', line, { timeoutMs: 5_000 })).toContain('stays down');
    expect(await accepts(stack.ports.redis)).toBe(false);
    expect(() => stack.pid('redis')).toThrow('does not run');
  });
});

describe('the end of the local stack', () => {
  const state = temporaryFolder();
  let portBase: number;

  beforeAll(async () => {
    portBase = await findFreeBase();
  });
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  const start = () => startLocalStack({ ...START, state, portBase });

  it('comes with SIGTERM within 15 s, for every process', async () => {
    const stack = await start();
    const all = processes(state);
    expect([...all.keys()]).toEqual(expect.arrayContaining([...SERVICES, 'supervisor', 'guardian']));
    await writeSomething(stack);
    const begin = performance.now();
    await stack.stop();

    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(stillAlive(state)).toEqual([]);
    for (const { pid } of all.values()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is quick even when a service does not react', async () => {
    const stack = await start();
    process.kill(stack.pid('postgres'), 'SIGSTOP');
    const begin = performance.now();
    await stack.stop();

    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(await accepts(stack.ports.postgres)).toBe(false);
  });

  it('comes for the services when the supervisor is killed, and the next start finds the data', async () => {
    const stack = await start();
    process.kill(stack.pid('supervisor'), 'SIGKILL');
    await waitFor('the end of the services', () => stillAlive(state).length === 0, { timeoutMs: 10_000 });

    const begin = performance.now();
    const again = await start();
    expect(performance.now() - begin).toBeLessThan(10_000);
    await expectSomething(again);
    await again.stop();
  });

  it('is made up for by the next start when guardian and supervisor are killed', async () => {
    const stack = await start();
    for (const name of ['guardian', 'supervisor'] as const) process.kill(stack.pid(name), 'SIGKILL');
    await waitFor('the killed ones to be gone', () => !stillAlive(state).includes('supervisor'), {
      timeoutMs: 5_000,
    });
    expect(await accepts(stack.ports.postgres)).toBe(true);

    const again = await start();
    expect(again.logs().join('\n')).toContain('an earlier stack was killed');
    await expectSomething(again);
    await again.stop();
  });

  it('comes when the process that started it is gone', async () => {
    const launcher = spawn(process.execPath, ['-e', launch(), ...command()], {
      env: { ...process.env, LOCAL_STATE: state, LOCAL_PORT_BASE: String(portBase) },
      stdio: 'ignore',
    });
    await waitFor('the stack', () => accepts(portBase + 2), { timeoutMs: 30_000 });
    await waitFor('all services', () => SERVICES.every((name) => processes(state).has(name)), {
      timeoutMs: 30_000,
    });
    launcher.kill('SIGKILL');

    await waitFor('the end of all', () => stillAlive(state).length === 0, { timeoutMs: 15_000 });
  });
});

function temporaryFolder(): string {
  return mkdtempSync(path.join(os.tmpdir(), 'loopin-test-'));
}

function command(): string[] {
  return [path.resolve('tools/local/main.mts'), '--services-only'];
}

/** A process that starts the stack and waits, like npm. */
function launch(): string {
  return "require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'ignore' })";
}

async function outputOf(flags: string[], env: Record<string, string>): Promise<string> {
  const stack = spawn(process.execPath, [...command(), ...flags], { env: { ...process.env, ...env } });
  const chunks: Buffer[] = [];
  for await (const chunk of stack.stderr) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function processes(state: string): ReadonlyMap<string, ProcessIdentity> {
  return new ProcessTable(state).alive();
}

function stillAlive(state: string): string[] {
  return [...processes(state).keys()];
}

function queueUrls({ env }: LocalStack): string[] {
  return ['PUSH', 'WEBHOOK', 'JOBS'].map((name) => env[`SQS_${name}_QUEUE_URL`] ?? '');
}

function sqs({ env }: LocalStack): SQSClient {
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  return new SQSClient({ endpoint: env.SQS_ENDPOINT ?? '', region: env.AWS_REGION ?? '', credentials });
}

async function query({ env }: LocalStack, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: env.LOCAL_POSTGRES_URL });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

async function writeSomething(stack: LocalStack): Promise<void> {
  await query(stack, "create table kept as select 'kept' as word");
  await sqs(stack).send(new SendMessageCommand({ QueueUrl: queueUrls(stack)[0], MessageBody: 'kept' }));
}

async function expectSomething(stack: LocalStack): Promise<void> {
  expect((await query(stack, 'select word from kept')).rows).toEqual([{ word: 'kept' }]);
  const receive = new ReceiveMessageCommand({ QueueUrl: queueUrls(stack)[0], VisibilityTimeout: 0 });
  expect((await sqs(stack).send(receive)).Messages).toMatchObject([{ Body: 'kept' }]);
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 1_000 });
    const answer = (open: boolean) => () => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
}
