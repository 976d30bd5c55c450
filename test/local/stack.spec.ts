import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { accepts } from '../../tools/local/probe.mts';
import { ProcessTable } from '../../tools/local/process-table.mts';
import { waitFor } from '../../tools/local/wait.mts';
import { command, query, queueUrls, START, sqs, temporaryFolder } from './stack-support';

jest.setTimeout(120_000);

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
    expect(await waitFor('the line', line, { timeoutMs: 30_000 })).toContain('stays down');
    expect(await accepts(stack.ports.redis)).toBe(false);
    expect(() => stack.pid('redis')).toThrow('does not run');
  });
});

async function outputOf(flags: string[], env: Record<string, string>): Promise<string> {
  const stack = spawn(process.execPath, [...command(), ...flags], { env: { ...process.env, ...env } });
  const chunks: Buffer[] = [];
  for await (const chunk of stack.stderr) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
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
