import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { findFreeBase } from '../../tools/local/ports.mts';
import { accepts } from '../../tools/local/probe.mts';
import { type ProcessIdentity, ProcessTable } from '../../tools/local/process-table.mts';
import { waitFor } from '../../tools/local/wait.mts';
import { command, query, queueUrls, START, sqs, temporaryFolder } from './stack-support';

jest.setTimeout(120_000);

const SERVICES = ['postgres', 'redis', 'sqs', 'onesignal', 'mailbox', 'storage'];

describe('the end of the local stack', () => {
  const state = temporaryFolder();
  let portBase: number;

  beforeAll(async () => {
    portBase = await findFreeBase();
  });
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  const start = () => startLocalStack({ ...START, state, portBase });

  // stop() fails when it had to kill the supervisor
  it('comes with SIGTERM, in time and for every process', async () => {
    const stack = await start();
    const all = processes(state);
    expect([...all.keys()]).toEqual(expect.arrayContaining([...SERVICES, 'supervisor', 'guardian']));
    await writeSomething(stack);
    await stack.stop();

    expect(stillAlive(state)).toEqual([]);
    for (const { pid } of all.values()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('comes in time even when a service does not react', async () => {
    const stack = await start();
    process.kill(stack.pid('postgres'), 'SIGSTOP');
    await stack.stop();

    expect(await accepts(stack.ports.postgres)).toBe(false);
  });

  it('comes for the services when the supervisor is killed, and the next start finds the data', async () => {
    const stack = await start();
    process.kill(stack.pid('supervisor'), 'SIGKILL');
    await waitFor('the end of the services', () => stillAlive(state).length === 0, { timeoutMs: 30_000 });

    const again = await start();
    await expectSomething(again);
    await again.stop();
  });

  it('is made up for by the next start when guardian and supervisor are killed', async () => {
    const stack = await start();
    for (const name of ['guardian', 'supervisor'] as const) process.kill(stack.pid(name), 'SIGKILL');
    await waitFor('the killed ones to be gone', () => !stillAlive(state).includes('supervisor'), {
      timeoutMs: 30_000,
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

/** A process that starts the stack and waits, like npm. */
function launch(): string {
  return "require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'ignore' })";
}

function processes(state: string): ReadonlyMap<string, ProcessIdentity> {
  return new ProcessTable(state).alive();
}

function stillAlive(state: string): string[] {
  return [...processes(state).keys()];
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
