import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type LocalStack, type StartOptions, startLocalStack } from '../../tools/local/client.mts';
import { Api, expectStatus } from './api';
import { FcmSandbox } from './fcm-sandbox';
import { type LogLine, linesOf, parsed } from './logs';
import { Mailbox } from './mailbox';
import { Operator } from './operator';
import { Phone, type PhoneOptions } from './phone';
import { Program, ROOT } from './program';
import { Sandbox } from './sandbox';
import { SentrySink } from './sentry-sink';
import { SharedStack } from './shared-stack';
import { stackTemplate } from './stack-template';
import { waitFor } from './wait-for';

const READY_BOUND_MS = 40_000;

/** A local stack of one test file: the built dist/ as two processes, on ports and state of its own. */
export class TestStack {
  readonly api: Api;
  readonly mailbox: Mailbox;
  readonly sandbox: Sandbox;
  readonly fcm: FcmSandbox;
  readonly sentry: SentrySink;
  readonly #programs: Program[] = [];
  /** Of the superuser: a new connection for each statement would cost more than most statements. */
  readonly #database: pg.Pool;

  static async start(options: StartOptions = {}): Promise<TestStack> {
    const template = options.servicesOnly || options.state ? undefined : stackTemplate();
    return new TestStack(await startLocalStack({ root: ROOT, template, ...options }), false);
  }

  /**
   * The stack of usual settings that the test files of one jest process use one after the other. For tests that look at
   * users, devices, keys and messages of their own: others have left theirs. Its clock stands, its processes live on, and
   * its sandboxes have no faults; `logs` begin now.
   */
  static async shared(): Promise<TestStack> {
    return new TestStack(await new SharedStack('app').attach(), true);
  }

  private constructor(
    readonly local: LocalStack,
    private readonly isShared: boolean,
  ) {
    const { ports, url } = local;
    this.#database = new pg.Pool({ connectionString: local.env.LOCAL_POSTGRES_URL, max: 4 });
    // a connection that broke is replaced by the next statement's
    this.#database.on('error', () => undefined);
    this.api = new Api(url);
    this.mailbox = new Mailbox(`http://127.0.0.1:${ports.mailbox}`);
    this.sandbox = new Sandbox(`http://127.0.0.1:${ports.onesignal}`);
    this.fcm = new FcmSandbox(`http://127.0.0.1:${ports.fcm}`);
    this.sentry = new SentrySink(`http://127.0.0.1:${ports.sentry}`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#programs.map((program) => program.kill()), this.#database.end()]);
    await this.local.stop();
  }

  phone(options?: PhoneOptions): Phone {
    return new Phone(this.local.url, this.mailbox, options);
  }

  /** An operator with an API key of its own, made by the operators' command. */
  async operator(scopes = 'push:send'): Promise<Operator> {
    const { key } = await this.cli<{ key: string }>('apikey', 'create', '--name', 'test', '--scopes', scopes);
    return new Operator(this.local.url, key);
  }

  /** Runs an operators' command and returns what it prints. @throws Error with its stderr when it fails */
  async cli<T>(...args: readonly string[]): Promise<T> {
    const program = this.run(['dist/tools/cli/main.js', ...args, '--json']);
    const code = await program.ended();
    if (code !== 0) throw new Error(`cli ${args.join(' ')} ended with ${code}: ${program.stderr.join('\n')}`);
    return JSON.parse(program.stdout.at(-1) ?? '') as T;
  }

  /** Starts a program with the environment of the stack; it ends with the stack at the latest. */
  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const program = new Program(args, { ...this.local.env, ...env });
    this.#programs.push(program);
    return program;
  }

  /** One more web or worker process, which the supervisor does not know. Returns when it is ready. */
  async startProcess(
    mode: 'web' | 'worker',
    port: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ program: Program; url: string }> {
    const program = this.run(['dist/src/main.js'], { APP_MODE: mode, PORT: String(port), ...env });
    const url = `http://127.0.0.1:${port}`;
    await waitFor(
      `${mode} on ${port}`,
      async () => expectStatus(await new Api(url).get('/health/ready'), 200),
      READY_BOUND_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${[...program.stdout, ...program.stderr].join('\n')}`);
    });
    return { program, url };
  }

  /** Ends the worker as if it crashed. Returns when its successor listens. */
  async killWorker(): Promise<void> {
    this.refuseWhenShared();
    const before = this.local.pid('worker');
    process.kill(before, 'SIGKILL');
    await waitFor('another worker', () => this.local.pid('worker') !== before, READY_BOUND_MS);
    const api = new Api(`http://127.0.0.1:${this.local.ports.worker}`);
    await waitFor(
      'it to listen',
      async () => expectStatus(await api.get('/health/live'), 200),
      READY_BOUND_MS,
    );
  }

  /** A statement as the superuser. */
  async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#database.query<Row>(text, [...values])).rows;
  }

  /** Moves the clock of web and worker; 0 moves it back. */
  moveClock(milliseconds: number): void {
    this.refuseWhenShared();
    const file = path.join(this.local.state, 'clock-offset');
    if (milliseconds === 0) rmSync(file, { force: true });
    else writeFileSync(file, String(milliseconds));
  }

  /** The lines of a process, as objects. @throws SyntaxError when one is no JSON */
  logs(mode: 'web' | 'worker'): LogLine[] {
    return parsed(linesOf(mode, this.local.logs()));
  }

  /** The first line that `is` it. */
  logLine(mode: 'web' | 'worker', is: (line: LogLine) => boolean, boundMs = 30_000): Promise<LogLine> {
    return waitFor(`a log line of ${mode}`, () => this.logs(mode).find(is), boundMs);
  }

  private refuseWhenShared(): void {
    if (this.isShared) throw new Error('others use this stack too: a test that does this starts its own');
  }
}
