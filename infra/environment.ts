/**
 * The environment of every container: infra and src/config/env.ts meet in these names and nowhere else, and a test
 * holds the two together. A new variable is one line here; one with a value that infra computes also gets it in
 * settings.ts, which does not compile without.
 */
export type Container = 'web' | 'worker' | 'migrate';

/** Each is one secret in Secrets Manager, `loopin/<stage>/<name>`, a JSON object with one key a variable. */
export type SecretName = 'keys' | 'database' | 'database-owner' | 'cache' | 'shared' | 'web' | 'worker';

const services = ['web', 'worker'] as const;

/** Variables in plain text: who has them. Their values are in settings.ts. */
export const SETTINGS = {
  STAGE: ['web', 'worker', 'migrate'],
  APP_MODE: services,
  PORT: services,
  TLS_MODE: services,
  LOG_LEVEL: services,
  RELEASE: services,
  DB_POOL_MAX: services,
  AWS_REGION: services,
  SQS_PUSH_QUEUE_URL: services,
  SQS_WEBHOOK_QUEUE_URL: services,
  SQS_JOBS_QUEUE_URL: services,
  STORAGE_BUCKET: services,
  PUBLIC_URL: ['web'],
  TRUSTED_PROXY_HOPS: ['web'],
  RATE_LIMIT_SCALE: ['web'],
  CORS_ORIGINS: ['web'],
  DRAIN_DELAY_MS: ['web'],
  APPLE_CLIENT_IDS: ['web'],
  GOOGLE_CLIENT_IDS: ['web'],
  SQS_WAIT_SECONDS: ['worker'],
  SCHEDULER: ['worker'],
  ARCHIVE_BUCKET: ['worker'],
  MAIL_FROM: ['worker'],
} as const satisfies Record<string, readonly Container[]>;

export type SettingName = keyof typeof SETTINGS;

/** Variables from Secrets Manager: in which secret, and who has them. An empty value counts as not set. */
export const SECRETS = {
  DATA_KEYS: { secret: 'keys', for: services },
  KEY_ENCRYPTION_KEYS: { secret: 'keys', for: services },
  DATABASE_URL: { secret: 'database', for: services },
  DATABASE_CA: { secret: 'database', for: ['web', 'worker', 'migrate'] },
  DATABASE_OWNER_URL: { secret: 'database-owner', for: ['migrate'] },
  REDIS_URL: { secret: 'cache', for: services },
  SUPABASE_URL: { secret: 'shared', for: services },
  SUPABASE_SERVICE_KEY: { secret: 'shared', for: services },
  SENTRY_DSN: { secret: 'shared', for: services },
  FCM_PROJECT_ID: { secret: 'shared', for: services },
  ONESIGNAL_RECEIPTS: { secret: 'web', for: ['web'] },
  ONESIGNAL_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  STRIPE_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  RAZORPAY_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  GITHUB_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  SUPABASE_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  STANDARD_WEBHOOK_SECRET: { secret: 'web', for: ['web'] },
  SMTP_URL: { secret: 'worker', for: ['worker'] },
  ONESIGNAL_APP_ID: { secret: 'worker', for: ['worker'] },
  ONESIGNAL_API_KEY: { secret: 'worker', for: ['worker'] },
  FCM_SERVICE_ACCOUNT: { secret: 'worker', for: ['worker'] },
  APPLE_TEAM_ID: { secret: 'worker', for: ['worker'] },
  APPLE_KEY_ID: { secret: 'worker', for: ['worker'] },
  APPLE_PRIVATE_KEY: { secret: 'worker', for: ['worker'] },
} as const satisfies Record<string, { readonly secret: SecretName; readonly for: readonly Container[] }>;

/** Names of the variables that one secret holds. */
export function keysOf(secret: SecretName): string[] {
  return Object.entries(SECRETS).flatMap(([name, entry]) => (entry.secret === secret ? [name] : []));
}

/** The plain variables of a container, taken from `values`. */
export function settingsOf<Value>(container: Container, values: Readonly<Record<string, Value>>) {
  const theirs = Object.entries(SETTINGS).flatMap(([name, containers]) =>
    isFor(containers, container) ? [name] : [],
  );
  return Object.fromEntries(Object.entries(values).filter(([name]) => theirs.includes(name)));
}

/** The secret variables of a container: variable → the secret that holds it. */
export function secretsOf(container: Container): [name: string, secret: SecretName][] {
  return Object.entries(SECRETS).flatMap(([name, entry]) =>
    isFor(entry.for, container) ? [[name, entry.secret]] : [],
  );
}

function isFor(containers: readonly Container[], container: Container): boolean {
  return containers.includes(container);
}
