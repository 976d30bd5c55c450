import path from 'node:path';
import { type LocalStack, startLocalStack } from '../../tools/local/client.mts';
import { findFreePort } from '../../tools/local/ports.mts';
import { waitFor } from '../../tools/local/wait.mts';
import { Program } from '../support/program';

jest.setTimeout(120_000);

describe('web and worker in the local stack', () => {
  let stack: LocalStack;

  beforeAll(async () => {
    stack = await startLocalStack();
  });
  afterAll(() => stack.stop());

  const isReady = async (port: number) => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;

  it('are ready when the stack says so', async () => {
    expect(await isReady(stack.ports.web)).toBe(true);
    expect(await isReady(stack.ports.worker)).toBe(true);
  });

  it('have their names before each line of their logs', async () => {
    const foreign = () => stack.logs().filter((line) => !/^(web \| |worker \| |local \| |ready )/.test(line));
    for (const name of ['web', 'worker']) {
      const line = () => stack.logs().some((one) => one.startsWith(`${name} | `));
      await waitFor(`a line of ${name}`, line, { timeoutMs: 30_000 });
    }
    expect(foreign()).toEqual([]);
  });

  it.each(['web', 'worker'] as const)('%s starts again after it was killed', async (name) => {
    const before = stack.pid(name);
    process.kill(before, 'SIGKILL');
    const said = () =>
      stack.logs().some((line) => line.includes(`the ${name} process has died (signal SIGKILL)`));
    await waitFor('a line that says so', said, { timeoutMs: 30_000 });
    await waitFor('another pid', () => stack.pid(name) !== before, { timeoutMs: 30_000 });
    await waitFor('the new process', () => isReady(stack.ports[name]), { timeoutMs: 40_000 });
  });

  it('can be started by hand with the env file, and says nothing of the framework’s wiring', async () => {
    const args = [`--env-file=${path.join(stack.state, 'env')}`, 'dist/src/main.js'];
    const port = await findFreePort();
    const byHand = new Program(args, { APP_MODE: 'web', PORT: String(port) });
    await waitFor('it to be ready', () => isReady(port), { timeoutMs: 40_000 });

    byHand.signal('SIGTERM');
    await byHand.ended();
    const said = byHand.stdout.join('\n');
    expect(said).toContain('successfully started');
    expect(said).not.toMatch(/InstanceLoader|RoutesResolver|RouterExplorer/);
  });
});
