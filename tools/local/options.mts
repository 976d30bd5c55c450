import path from 'node:path';
import { LocalStackError } from './failure.mts';
import { type Ports, parsePortBase, portsFrom } from './ports.mts';

export interface StackOptions {
  /** The repository: where package.json lies. */
  readonly root: string;
  /** Absolute path of LOCAL_STATE. */
  readonly state: string;
  readonly ports: Ports;
  /** Watch the sources, rebuild and restart. */
  readonly reload: boolean;
  /** Run dist/ as it is, however old: several stacks that start at once must not all build it. */
  readonly asBuilt: boolean;
  /** The database has every migration already. */
  readonly migrated: boolean;
  /** Leave out build, migrations, web and worker. */
  readonly servicesOnly: boolean;
}

const FLAGS = ['--no-reload', '--services-only'];
/** Said by the client alone. */
const AS_BUILT = '--as-built';
const MIGRATED = '--migrated';

/**
 * Reads the command line and LOCAL_PORT_BASE, LOCAL_STATE.
 * @throws LocalStackError on an unknown flag or an unusable port base.
 */
export function readOptions(root: string, flags: readonly string[], env: NodeJS.ProcessEnv): StackOptions {
  const unknown = flags.find((flag) => ![...FLAGS, AS_BUILT, MIGRATED].includes(flag));
  if (unknown) throw new LocalStackError(`unknown option ${unknown}; there are ${FLAGS.join(' and ')}`);
  return {
    root,
    state: stateFolder(root, env),
    ports: portsFrom(parsePortBase(env.LOCAL_PORT_BASE)),
    reload: !flags.includes('--no-reload'),
    asBuilt: flags.includes(AS_BUILT),
    migrated: flags.includes(MIGRATED),
    servicesOnly: flags.includes('--services-only'),
  };
}

/**
 * The absolute path of LOCAL_STATE, `.local/` in the repository when it is not set. A relative one counts from
 * the folder in which the command was typed; npm changes to the repository first and leaves that one in INIT_CWD.
 */
function stateFolder(root: string, env: NodeJS.ProcessEnv): string {
  if (!env.LOCAL_STATE) return path.join(root, '.local');
  return path.resolve(env.INIT_CWD ?? process.cwd(), env.LOCAL_STATE);
}
