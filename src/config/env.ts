import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { decodeKeyring } from '../shared/keyring';
import { decodeP256Key } from '../shared/p256-key';
import { halfGiven, stageConflicts } from './env-conflicts';
import { serviceAccount } from './service-account';
import { secretList, standardSecretList } from './webhook-secrets';

/** Exit code of sysexits(3) for a configuration error: restarting does not help. */
export const EX_CONFIG = 78;

const url = (...protocols: string[]) =>
  z.url().refine((value) => protocols.some((protocol) => value.startsWith(`${protocol}://`)), {
    message: `must start with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  });
const port = z.coerce.number().int().min(1).max(65535);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const list = z.string().transform((value) => value.split(',').filter((item) => item !== ''));
const keyring = z.string().transform((value, context) => {
  try {
    return decodeKeyring(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is malformed' });
    return z.NEVER;
  }
});
const p256Key = z.string().transform((value, context) => {
  try {
    return decodeP256Key(value);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a P-256 private key as PKCS #8' });
    return z.NEVER;
  }
});

const cidrs = list.refine((ranges) => ranges.every((range) => ipaddr.isValidCIDR(range)), {
  message: 'must be a comma-separated list of CIDR ranges',
});

const everywhere = z.object({
  STAGE: z.enum(['local', 'dev', 'staging', 'prod']),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  RELEASE: z.string().default('unreleased'),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_CA: z.string().optional(),
  DB_POOL_MAX: z.coerce.number().int().min(3).default(4),
  DATA_KEYS: keyring,
  KEY_ENCRYPTION_KEYS: keyring,
  CLOCK_OFFSET_FILE: z.string().optional(),
});

const bothModes = everywhere.extend({
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(8000),
  TLS_MODE: z.enum(['off', 'self-signed']).default('off'),
  REDIS_URL: url('redis', 'rediss'),
  AWS_REGION: z.string().min(1),
  SQS_ENDPOINT: url('http', 'https').optional(),
  SQS_PUSH_QUEUE_URL: url('http', 'https'),
  SQS_WEBHOOK_QUEUE_URL: url('http', 'https'),
  SQS_JOBS_QUEUE_URL: url('http', 'https'),
  SUPABASE_URL: url('http', 'https'),
  SUPABASE_SERVICE_KEY: z.string().min(1),
  STORAGE_BUCKET: z.string().min(1),
  FCM_PROJECT_ID: z.string().min(1).optional(),
  LOG_FORMAT: z.enum(['json', 'console']).default('json'),
  METRICS: z.enum(['off', 'prometheus', 'emf']).default('off'),
  SENTRY_DSN: url('https', 'http').optional(),
  SENTRY_TRACES_SAMPLE_RATE: z.coerce.number().min(0).max(1).default(0),
  OUTBOUND_ALLOW: cidrs.default([]),
});

const web = bothModes.extend({
  APP_MODE: z.literal('web'),
  PUBLIC_URL: url('http', 'https'),
  TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(2).default(0),
  RATE_LIMIT_SCALE: z.coerce.number().int().min(1).default(1),
  CORS_ORIGINS: list.default([]),
  DRAIN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  MEDIA_QUOTA_MIB: z.coerce.number().int().min(1).max(1_048_576).default(250),
  HIBP_URL: url('http', 'https').default('https://api.pwnedpasswords.com'),
  APPLE_CLIENT_IDS: list.default([]),
  APPLE_ISSUER_URL: url('http', 'https').optional(),
  GOOGLE_CLIENT_IDS: list.default([]),
  GOOGLE_ISSUER_URL: url('http', 'https').optional(),
  ONESIGNAL_RECEIPTS: flag.default(false),
  ONESIGNAL_WEBHOOK_SECRET: secretList(32),
  STRIPE_WEBHOOK_SECRET: secretList(16).optional(),
  RAZORPAY_WEBHOOK_SECRET: secretList(16).optional(),
  GITHUB_WEBHOOK_SECRET: secretList(16).optional(),
  SUPABASE_WEBHOOK_SECRET: standardSecretList.optional(),
  STANDARD_WEBHOOK_SECRET: standardSecretList.optional(),
});

const worker = bothModes.extend({
  APP_MODE: z.literal('worker'),
  SCHEDULER: z.enum(['in-process', 'eventbridge']).default('in-process'),
  SQS_WAIT_SECONDS: z.coerce.number().int().min(1).max(20).default(20),
  SMTP_URL: url('smtp', 'smtps'),
  MAIL_FROM: z.string().min(3),
  APPLE_TEAM_ID: z.string().optional(),
  APPLE_KEY_ID: z.string().optional(),
  APPLE_PRIVATE_KEY: p256Key.optional(),
  APPLE_ISSUER_URL: url('http', 'https').optional(),
  ONESIGNAL_APP_ID: z.uuid(),
  ONESIGNAL_API_KEY: z.string().min(1),
  ONESIGNAL_API_URL: url('http', 'https').default('https://api.onesignal.com'),
  ONESIGNAL_CHUNK_SIZE: z.coerce.number().int().min(1).max(20_000).default(2_000),
  ONESIGNAL_SUBSCRIBER_FLOOR: z.coerce.number().int().min(0).default(100),
  FCM_SERVICE_ACCOUNT: serviceAccount.optional(),
  FCM_API_URL: url('https').default('https://fcm.googleapis.com'),
  FCM_CA: z.string().optional(),
  ARCHIVE_BUCKET: z.string().min(3),
  ARCHIVE_ENDPOINT: url('http', 'https').optional(),
});

const cli = everywhere.extend({
  APP_MODE: z.literal('cli'),
  PUBLIC_URL: url('http', 'https').optional(),
  AWS_REGION: z.string().min(1).optional(),
  ...worker.pick({ ARCHIVE_BUCKET: true, ARCHIVE_ENDPOINT: true }).partial().shape,
});
const schemas = { web, worker, cli };

export type WebEnv = z.infer<typeof web>;
export type WorkerEnv = z.infer<typeof worker>;
export type CliEnv = z.infer<typeof cli>;
export type Env = WebEnv | WorkerEnv | CliEnv;
export type AppMode = keyof typeof schemas;
export type ServiceEnv = WebEnv | WorkerEnv;

/** Everything that is wrong with the environment, one line a problem: names and reasons, never values. */
export class InvalidEnvironment extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const owner = z.object({
  STAGE: everywhere.shape.STAGE,
  DATABASE_OWNER_URL: url('postgres', 'postgresql'),
  DATABASE_CA: z.string().optional(),
});

/** Names of all variables that a mode reads, for those who provide them. */
export function variablesOf(mode: AppMode): string[] {
  return Object.keys(schemas[mode].shape);
}

/**
 * Reads and checks the whole environment of one mode.
 * @param source usually `process.env`; an empty string counts as not set
 * @throws InvalidEnvironment listing every problem at once
 */
export function parseEnv(source: NodeJS.ProcessEnv, mode?: AppMode): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const chosen = mode ?? given.APP_MODE;
  const known = chosen === 'web' || chosen === 'worker' || chosen === 'cli';
  const parsed = (known ? schemas[chosen] : worker.extend(web.shape)).safeParse({
    ...given,
    APP_MODE: chosen,
  });
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, given));
  if (!known) {
    throw new InvalidEnvironment([
      'APP_MODE must be web or worker',
      ...problems.filter((line) => !line.startsWith('APP_MODE ')),
    ]);
  }
  const ofFcm = parsed.success ? fcmConflicts(parsed.data) : [];
  const conflicts = [...stageConflicts(given), ...halfGiven(given), ...ofFcm];
  if (!parsed.success || conflicts.length > 0) throw new InvalidEnvironment([...problems, ...conflicts]);
  return parsed.data;
}

let current: Env | undefined;

/**
 * The environment of this process, read once; or exit 78 with every problem on stderr. The only reader of `process.env`.
 * @param mode asked for by the operators' commands; a service takes it from APP_MODE
 */
export function loadEnv(mode?: AppMode): Env {
  try {
    current ??= parseEnv(process.env, mode);
    return current;
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
}

/** What only the migrations need: the owner's connection. Exits 78 with every problem like `loadEnv`. */
export function loadOwnerEnv(): { url: string; ca: string | undefined; tls: boolean } {
  const parsed = owner.safeParse(process.env);
  if (parsed.success) {
    const { STAGE, DATABASE_OWNER_URL, DATABASE_CA } = parsed.data;
    return { url: DATABASE_OWNER_URL, ca: DATABASE_CA, tls: STAGE !== 'local' };
  }
  const problems = parsed.error.issues.map((issue) => describe(issue, process.env));
  process.stderr.write(`${new InvalidEnvironment(problems).message}\n`);
  process.exit(EX_CONFIG);
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0] ?? 'environment');
  return given[name] === undefined ? `${name} is missing` : `${name} ${reason(issue)}`;
}

function reason(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small')
    return `must be at least ${issue.minimum}${issue.origin === 'string' ? ' characters long' : ''}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  return issue.message.replace(/^Invalid input: /, 'is invalid: ').replace(/^Invalid /, 'is an invalid ');
}

/** A web process that takes registrations for FCM beside a worker that can't send to them would lose pushes quietly. */
function fcmConflicts(env: Env): string[] {
  if (env.APP_MODE !== 'worker') return [];
  const { FCM_PROJECT_ID: project, FCM_SERVICE_ACCOUNT: account } = env;
  if (project === account?.projectId) return [];
  if (project === undefined) return ['FCM_PROJECT_ID is missing beside FCM_SERVICE_ACCOUNT'];
  if (account === undefined) return ['FCM_SERVICE_ACCOUNT is missing beside FCM_PROJECT_ID'];
  return ['FCM_SERVICE_ACCOUNT must be of the project FCM_PROJECT_ID'];
}
