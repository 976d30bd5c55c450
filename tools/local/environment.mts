import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  APPLE_KEY_ID,
  APPLE_TEAM_ID,
  ARCHIVE_BUCKET,
  CLIENT_IDS,
  FCM_CLIENT_EMAIL,
  FCM_PROJECT,
  STORAGE_BUCKET,
} from './names.mts';
import { LOOPBACK, type Ports } from './ports.mts';
import type { Secrets } from './secrets.mts';
import { PUBLIC_KEY } from './sentry/sink.mts';
import { SQS_ACCOUNT, SQS_QUEUES, SQS_REGION } from './services/queues.mts';

/** The database of a hosted Supabase project has this name too. */
export const DATABASE = 'postgres';

/**
 * What a developer may set for one start. Everything else comes from here alone: a DATABASE_URL that is exported
 * for another project must never reach our processes.
 */
const ADJUSTABLE = {
  LOG_LEVEL: 'info',
  RELEASE: 'local',
  DB_POOL_MAX: '4',
  TLS_MODE: 'off',
  TRUSTED_PROXY_HOPS: '0',
  RATE_LIMIT_SCALE: '1000',
  CORS_ORIGINS: '',
  // receivers of webhooks run on this machine
  OUTBOUND_ALLOW: '127.0.0.0/8,::1/128',
  DRAIN_DELAY_MS: '0',
  ONESIGNAL_RECEIPTS: 'true',
  ONESIGNAL_CHUNK_SIZE: '2000',
  // a developer with one phone sends it a hundred notifications an hour
  ONESIGNAL_SUBSCRIBER_FLOOR: '1000000',
  SCHEDULER: 'in-process',
  // fauxqs gives a message to a poller that is gone until its wait is over: a restarted worker must not wait long
  SQS_WAIT_SECONDS: '1',
  METRICS: 'prometheus',
  SENTRY_TRACES_SAMPLE_RATE: '0',
};

export type Environment = Readonly<Record<string, string>>;

/** Every variable of the app and the operators' CLI, except APP_MODE and PORT, which differ by process. */
export function appEnvironment(
  state: string,
  ports: Ports,
  secrets: Secrets,
  given: NodeJS.ProcessEnv,
): Environment {
  return {
    STAGE: 'local',
    HOST: LOOPBACK,
    PUBLIC_URL: `http://${LOOPBACK}:${ports.web}`,
    ...databaseEnvironment(ports, secrets),
    REDIS_URL: `redis://${LOOPBACK}:${ports.redis}`,
    ...sqsEnvironment(ports),
    DATA_KEYS: `1:${secrets.dataKey}`,
    KEY_ENCRYPTION_KEYS: `1:${secrets.keyEncryptionKey}`,
    SUPABASE_URL: `http://${LOOPBACK}:${ports.storage}`,
    SUPABASE_SERVICE_KEY: secrets.supabaseServiceKey,
    STORAGE_BUCKET,
    ARCHIVE_BUCKET,
    ARCHIVE_ENDPOINT: `http://${LOOPBACK}:${ports.sqs}`,
    SMTP_URL: `smtp://${LOOPBACK}:${ports.smtp}`,
    HIBP_URL: `http://${LOOPBACK}:${ports.mailbox}/hibp`,
    ...oidcEnvironment(ports, secrets),
    MAIL_FROM: 'Loopin <no-reply@loopin.localhost>',
    ONESIGNAL_APP_ID: secrets.onesignalAppId,
    ONESIGNAL_API_KEY: secrets.onesignalApiKey,
    ONESIGNAL_API_URL: `http://${LOOPBACK}:${ports.onesignal}`,
    ...fcmEnvironment(ports, secrets),
    ...webhookEnvironment(secrets),
    SENTRY_DSN: `http://${PUBLIC_KEY}@${LOOPBACK}:${ports.sentry}/1`,
    CLOCK_OFFSET_FILE: path.join(state, 'clock-offset'),
    // a person at a terminal reads lines, everybody else JSON
    LOG_FORMAT: given.LOG_FORMAT || (process.stdout.isTTY ? 'console' : 'json'),
    ...adjusted(given),
  };
}

/** `$LOCAL_STATE/env`, as `node --env-file` reads it. */
export function envFile(state: string): string {
  return path.join(state, 'env');
}

export function writeEnvFile(state: string, environment: Environment): void {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}\n`);
  writeFileSync(`${envFile(state)}.draft`, lines.join(''), { mode: 0o600 });
  renameSync(`${envFile(state)}.draft`, envFile(state));
}

/** So that both `node --env-file` and a shell read the same. */
function quoted(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function databaseEnvironment(ports: Ports, secrets: Secrets): Environment {
  const url = (user: string, password: string) =>
    `postgresql://${user}:${password}@${LOOPBACK}:${ports.postgres}/${DATABASE}`;
  return {
    DATABASE_URL: url('loopin_app', secrets.appPassword),
    DATABASE_OWNER_URL: url('loopin_owner', secrets.ownerPassword),
    LOCAL_POSTGRES_URL: url('postgres', secrets.postgresPassword),
  };
}

/** The service account is one JSON document, as Google hands it out. */
function fcmEnvironment(ports: Ports, secrets: Secrets): Environment {
  const origin = `https://${LOOPBACK}:${ports.fcm}`;
  const serviceAccount = {
    type: 'service_account',
    project_id: FCM_PROJECT,
    private_key_id: 'local',
    private_key: secrets.fcmPrivateKey,
    client_email: FCM_CLIENT_EMAIL,
    token_uri: `${origin}/token`,
  };
  return {
    FCM_PROJECT_ID: FCM_PROJECT,
    FCM_SERVICE_ACCOUNT: JSON.stringify(serviceAccount),
    FCM_API_URL: origin,
    FCM_CA: secrets.fcmTlsCertificate,
  };
}

function webhookEnvironment(secrets: Secrets): Environment {
  return {
    ONESIGNAL_WEBHOOK_SECRET: secrets.onesignalWebhookSecret,
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
    RAZORPAY_WEBHOOK_SECRET: secrets.razorpayWebhookSecret,
    GITHUB_WEBHOOK_SECRET: secrets.githubWebhookSecret,
    SUPABASE_WEBHOOK_SECRET: secrets.supabaseWebhookSecret,
    STANDARD_WEBHOOK_SECRET: secrets.standardWebhookSecret,
  };
}

function sqsEnvironment(ports: Ports): Environment {
  const endpoint = `http://${LOOPBACK}:${ports.sqs}`;
  const queueUrl = (name: string) => `${endpoint}/${SQS_ACCOUNT}/${name}`;
  return {
    AWS_REGION: SQS_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    SQS_ENDPOINT: endpoint,
    SQS_PUSH_QUEUE_URL: queueUrl(SQS_QUEUES.push),
    SQS_WEBHOOK_QUEUE_URL: queueUrl(SQS_QUEUES.webhooks),
    SQS_JOBS_QUEUE_URL: queueUrl(SQS_QUEUES.jobs),
  };
}

/** One local issuer plays both providers. */
function oidcEnvironment(ports: Ports, secrets: Secrets): Environment {
  const issuer = `http://${LOOPBACK}:${ports.mailbox}/oidc`;
  return {
    APPLE_CLIENT_IDS: CLIENT_IDS.apple.join(','),
    APPLE_ISSUER_URL: `${issuer}/apple`,
    APPLE_TEAM_ID,
    APPLE_KEY_ID,
    APPLE_PRIVATE_KEY: secrets.applePrivateKey,
    GOOGLE_CLIENT_IDS: CLIENT_IDS.google.join(','),
    GOOGLE_ISSUER_URL: `${issuer}/google`,
  };
}

function adjusted(given: NodeJS.ProcessEnv): Environment {
  const named = Object.entries(ADJUSTABLE).map(([name, usual]) => [name, given[name] || usual]);
  return Object.fromEntries(named) as Environment;
}
