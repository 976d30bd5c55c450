/** Where everything lives; backups leave the region, not the country. */
export const REGION = 'ap-south-1';
export const BACKUP_REGION = 'ap-south-2';
export const REPOSITORY = 'loopin/loopin-backend';
export const PORT = 8000;
/** Postgres of the Supabase project: dumps need a pg_dump of the same major. */
export const POSTGRES_MAJOR = 17;

export type StageName = 'dev' | 'staging' | 'prod';
/** `count` watches what a rule would stop, `block` stops it, `off` saves its dollar a month. */
export type FirewallMode = 'block' | 'count' | 'off';

/** All that differs between the stages. What is not here is the same everywhere. */
export interface StagePolicy {
  readonly domain: string;
  /** Its data outlives `sst remove`, and nothing deletes its balancer by accident. */
  readonly keepsData: boolean;
  /** Holds what an AWS account has once: trail, budgets, GitHub's identity provider, the administrators' role. */
  readonly ownsAccount: boolean;
  readonly nat: 'gateway' | 'two-gateways' | 'instance';
  readonly flowLogs: boolean;
  readonly cloudFront: boolean;
  readonly awsBackup: boolean;
  readonly containerInsights: boolean;
  /** Interruptible Fargate at some 30 % of the price. */
  readonly spot: boolean;
  readonly web: { readonly min: number; readonly max: number };
  readonly worker: { readonly min: number; readonly max: number };
  /** Clients that the database's session pooler takes from us, all tasks together. */
  readonly databaseConnections: number;
  readonly cache: { readonly nodes: number; readonly snapshotDays: number };
  readonly firewall: Readonly<
    Record<'rateByIp' | 'rateOfAuth' | 'common' | 'sqli' | 'badInputs' | 'reputation', FirewallMode>
  >;
  /** CIDRs of our own that no rule stops. */
  readonly trustedIps: readonly string[];
  /** `all` wakes people; `deploy` only what rolls a deployment back. */
  readonly alarms: 'all' | 'deploy';
  readonly backups: boolean;
  readonly alertEmail: string;
  /** US dollars a month at which a mail goes out. */
  readonly budgets: readonly number[];
  /** Public settings of the services; a secret never stands here. */
  readonly settings: {
    readonly mailFrom: string;
    readonly corsOrigins: string;
    readonly appleClientIds: string;
    readonly googleClientIds: string;
    readonly logLevel: string;
  };
}

const blocking = {
  rateByIp: 'block',
  rateOfAuth: 'block',
  common: 'block',
  sqli: 'block',
  badInputs: 'block',
  reputation: 'block',
} as const;

const prod: StagePolicy = {
  domain: 'api.loopin.app',
  keepsData: true,
  ownsAccount: true,
  nat: 'gateway',
  flowLogs: false,
  cloudFront: false,
  awsBackup: false,
  containerInsights: true,
  spot: false,
  web: { min: 1, max: 10 },
  worker: { min: 1, max: 5 },
  databaseConnections: 132,
  cache: { nodes: 2, snapshotDays: 7 },
  firewall: blocking,
  trustedIps: [],
  alarms: 'all',
  backups: true,
  alertEmail: 'ops@loopin.app',
  budgets: [150, 200, 250],
  settings: {
    mailFrom: 'Loopin <no-reply@loopin.app>',
    corsOrigins: '',
    appleClientIds: '',
    googleClientIds: '',
    logLevel: 'info',
  },
};

const staging: StagePolicy = {
  ...prod,
  domain: 'api.staging.loopin.app',
  keepsData: false,
  ownsAccount: false,
  nat: 'instance',
  containerInsights: false,
  spot: true,
  web: { min: 1, max: 2 },
  worker: { min: 1, max: 2 },
  databaseConnections: 44,
  cache: { nodes: 1, snapshotDays: 0 },
  // the place to find out what a rule would stop; the managed ones watch here before they block in prod
  firewall: { ...blocking, common: 'count', reputation: 'off' },
  alarms: 'deploy',
  backups: false,
};

const dev: StagePolicy = {
  ...staging,
  domain: 'api.dev.loopin.app',
  web: { min: 1, max: 1 },
  worker: { min: 1, max: 1 },
  databaseConnections: 28,
  firewall: { ...blocking, common: 'count', sqli: 'count', reputation: 'off' },
  settings: { ...prod.settings, logLevel: 'debug' },
};

/** The three stages. `local` is a developer's machine and has no infrastructure. */
export const STAGES: Readonly<Record<StageName, StagePolicy>> = { dev, staging, prod };

/** What can be tried without editing the table: `LOOPIN_SWITCHES=cloudFront,flowLogs,twoNats,awsBackup`. */
const SWITCHES: Readonly<Record<string, Partial<StagePolicy>>> = {
  cloudFront: { cloudFront: true },
  flowLogs: { flowLogs: true },
  twoNats: { nat: 'two-gateways' },
  awsBackup: { awsBackup: true },
};

/**
 * The policy of a stage.
 * @param switches names of {@link SWITCHES}, comma-separated; usually none
 * @throws when there is no such stage or switch: nobody gets infrastructure by a slip of the keyboard
 */
export function stagePolicy(stage: string, switches = ''): StagePolicy {
  const policy = Object.entries(STAGES).find(([name]) => name === stage)?.[1];
  if (policy === undefined) throw new Error(`there is no stage "${stage}": use dev, staging or prod`);
  const changes = switches.split(',').filter((name) => name !== '');
  return Object.assign({}, policy, ...changes.map(switched));
}

function switched(name: string): Partial<StagePolicy> {
  const change = SWITCHES[name];
  if (change === undefined)
    throw new Error(`there is no switch "${name}": ${Object.keys(SWITCHES).join(', ')}`);
  return change;
}

/** Tags on everything, so that the bill can be read. */
export function tagsOf(stage: string): Record<string, string> {
  return { Project: 'loopin', Stage: stage, Owner: 'backend', ManagedBy: 'sst' };
}

/** Connections beside the services': a migration, a dump, an operator. */
const SPARE_CONNECTIONS = 3;
/** Two clients for pipelined reads and at least one for transactions. */
const SMALLEST_POOL = 3;

/**
 * `DB_POOL_MAX` of each task, so that the pooler's limit holds at the worst moment: both services at their maximum
 * and both in a deployment, when old and new tasks run side by side.
 * @throws when the limit is too small for the scaling
 */
export function poolSize({ web, worker, databaseConnections }: StagePolicy): number {
  const size = Math.floor(databaseConnections / (2 * web.max + 2 * worker.max + SPARE_CONNECTIONS));
  if (size < SMALLEST_POOL) {
    throw new Error(
      `${databaseConnections} connections are too few for ${web.max} web and ${worker.max} worker tasks`,
    );
  }
  return size;
}
