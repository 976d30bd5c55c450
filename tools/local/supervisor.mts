import { App } from './app/app.mts';
import { Child } from './child.mts';
import { prepareRoles } from './database-roles.mts';
import { appEnvironment, writeEnvFile } from './environment.mts';
import { GUARDIAN } from './names.mts';
import type { StackOptions } from './options.mts';
import { say } from './output.mts';
import { LOOPBACK, refuseTakenPorts } from './ports.mts';
import { ProcessTable } from './process-table.mts';
import { recover } from './recovery.mts';
import { loadSecrets, type Secrets } from './secrets.mts';
import { ServiceGroup } from './service-group.mts';
import { fcm } from './services/fcm.mts';
import { mailbox } from './services/mailbox.mts';
import { onesignal } from './services/onesignal.mts';
import { postgresService } from './services/postgres.mts';
import { redisService } from './services/redis.mts';
import { sentry } from './services/sentry.mts';
import { sqs } from './services/sqs.mts';
import { storage } from './services/storage.mts';
import { claimState, releaseState } from './state-folder.mts';

/** Starts everything, and stops it in the reverse order: first our processes, then what they work with. */
export class Supervisor {
  readonly #options: StackOptions;
  readonly #table: ProcessTable;
  #guardian: Child | undefined;
  #services: ServiceGroup | undefined;
  #app: App | undefined;
  #stopping: Promise<void> | undefined;
  #claimed = false;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#table = new ProcessTable(options.state);
  }

  /**
   * Returns when the `ready` line is out.
   * @throws LocalStackError saying what hinders; stop() clears up what has been started until then.
   */
  async start(): Promise<void> {
    const begin = performance.now();
    const { state, ports } = this.#options;
    const left = claimState(state, this.#table);
    this.#claimed = true;
    const ended = await recover(left);
    if (ended.length > 0) say(`an earlier stack was killed; ended what it left: ${ended.join(', ')}`);
    await refuseTakenPorts(ports);
    this.#guardian = this.#startGuardian();
    await this.#startAll(await loadSecrets(state));
    if (this.isStopping) return;
    say(`state in ${state}, started in ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    process.stdout.write(`ready http://${LOOPBACK}:${ports.web}\n`);
  }

  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Ends everything, within 13 s. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Makes a stop that is under way a quick one. */
  kill(): void {
    this.#app?.kill();
    this.#services?.kill();
  }

  async #startAll(secrets: Secrets): Promise<void> {
    const { root, state, ports, servicesOnly } = this.#options;
    const environment = appEnvironment(state, ports, secrets, process.env);
    writeEnvFile(state, environment);
    this.#services = new ServiceGroup({ root, state, ports, secrets }, this.#table);
    this.#app = new App(this.#options, this.#table, without(process.env, Object.keys(environment)));
    await Promise.all([this.#startServices(secrets), servicesOnly ? undefined : this.#app.build()]);
    if (!servicesOnly && !this.isStopping) await this.#app.start();
  }

  async #startServices(secrets: Secrets): Promise<void> {
    const all = [postgresService(), redisService(), sqs, onesignal, fcm, mailbox, storage, sentry];
    await this.#services?.start(all);
    if (!this.isStopping) await prepareRoles(this.#options.root, this.#options.ports, secrets);
  }

  #startGuardian(): Child {
    const { root, state } = this.#options;
    const args = [`${root}/tools/local/guardian.mts`, state, String(process.pid)];
    const child = new Child(GUARDIAN, process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    if (child.pid) this.#table.record(GUARDIAN, child.pid);
    return child;
  }

  async #stopAll(): Promise<void> {
    if (!this.#claimed) return;
    await this.#app?.stop();
    await this.#services?.stop();
    await this.#guardian?.stop('SIGTERM', 1_000);
    this.#table.clear();
    releaseState(this.#options.state);
  }
}

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
