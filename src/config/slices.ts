import { registerAs } from '@nestjs/config';
import { loadEnv, type ServiceEnv, type WebEnv, type WorkerEnv } from './env';

/** How patient we are with a push provider, in milliseconds; tests are less so. */
const PROVIDER_TIMINGS = {
  timeoutMs: 10_000,
  connectTimeoutMs: 3_000,
  firstPauseMs: 200,
  longestPauseMs: 2_000,
  openMs: 10_000,
};
export type ProviderTimings = typeof PROVIDER_TIMINGS;

/** Each module takes the slice it needs: `@Inject(redisConfig.KEY) config: ConfigType<typeof redisConfig>`. */
export const appConfig = registerAs('app', () => {
  const env = loadEnv();
  return {
    stage: env.STAGE,
    mode: env.APP_MODE,
    release: env.RELEASE,
    logLevel: env.LOG_LEVEL,
    logFormat: env.APP_MODE === 'cli' ? 'json' : env.LOG_FORMAT,
  };
});

export const metricsConfig = registerAs('metrics', () => ({ kind: service().METRICS }));

export const clockConfig = registerAs('clock', () => ({ offsetFile: loadEnv().CLOCK_OFFSET_FILE }));

export const keysConfig = registerAs('keys', () => {
  const env = loadEnv();
  return { data: env.DATA_KEYS, keyEncryption: env.KEY_ENCRYPTION_KEYS };
});

export const databaseConfig = registerAs('database', () => {
  const env = loadEnv();
  return {
    url: env.DATABASE_URL,
    ca: env.DATABASE_CA,
    tls: env.STAGE !== 'local',
    poolMax: env.DB_POOL_MAX,
  };
});

export const redisConfig = registerAs('redis', () => ({ url: service().REDIS_URL }));

export const sqsConfig = registerAs('sqs', () => {
  const env = service();
  return {
    region: env.AWS_REGION,
    endpoint: env.SQS_ENDPOINT,
    queueUrls: {
      'push-notifications': env.SQS_PUSH_QUEUE_URL,
      'webhook-events': env.SQS_WEBHOOK_QUEUE_URL,
      'background-jobs': env.SQS_JOBS_QUEUE_URL,
    },
  };
});

export const storageConfig = registerAs('storage', () => {
  const env = service();
  return { url: env.SUPABASE_URL, serviceKey: env.SUPABASE_SERVICE_KEY, bucket: env.STORAGE_BUCKET };
});

/** Limits, origins and the public name of the API. */
export const webConfig = registerAs('web', () => {
  const env = web();
  return {
    publicUrl: env.PUBLIC_URL.replace(/\/$/, ''),
    rateLimitScale: env.RATE_LIMIT_SCALE,
    drainDelayMs: env.DRAIN_DELAY_MS,
  };
});

/** How much a user may keep. */
export const mediaConfig = registerAs('media', () => ({ quotaBytes: web().MEDIA_QUOTA_MIB * 1024 * 1024 }));

/** Where leaked passwords are looked up. */
export const hibpConfig = registerAs('hibp', () => ({ url: web().HIBP_URL }));

/** Whose ID tokens are taken: none where no app is registered. */
export const oidcConfig = registerAs('oidc', () => {
  const env = web();
  return {
    apple: { clientIds: env.APPLE_CLIENT_IDS, issuerUrl: env.APPLE_ISSUER_URL },
    google: { clientIds: env.GOOGLE_CLIENT_IDS, issuerUrl: env.GOOGLE_ISSUER_URL },
  };
});

/** What Apple knows our servers by. */
export const appleConfig = registerAs('apple', () => {
  const env = worker();
  return {
    teamId: env.APPLE_TEAM_ID,
    keyId: env.APPLE_KEY_ID,
    privateKey: env.APPLE_PRIVATE_KEY,
    issuerUrl: env.APPLE_ISSUER_URL,
  };
});

export const oneSignalWebhookConfig = registerAs('oneSignalWebhook', () => ({
  receipts: web().ONESIGNAL_RECEIPTS,
}));

/** Ranges that webhooks may go to though they are not public, by http too: for receivers on a developer's machine. */
export const outboundConfig = registerAs('outbound', () => ({ allow: service().OUTBOUND_ALLOW }));

/** Secrets of those who post to us, newest first; a source without any is not served. */
export const webhookSecretsConfig = registerAs('webhookSecrets', () => {
  const env = web();
  return {
    stripe: env.STRIPE_WEBHOOK_SECRET,
    razorpay: env.RAZORPAY_WEBHOOK_SECRET,
    github: env.GITHUB_WEBHOOK_SECRET,
    onesignal: env.ONESIGNAL_WEBHOOK_SECRET,
    supabase: env.SUPABASE_WEBHOOK_SECRET,
    standard: env.STANDARD_WEBHOOK_SECRET,
  };
});

export const oneSignalConfig = registerAs('oneSignal', () => {
  const env = worker();
  return {
    appId: env.ONESIGNAL_APP_ID,
    apiKey: env.ONESIGNAL_API_KEY,
    url: env.ONESIGNAL_API_URL,
    timings: PROVIDER_TIMINGS,
  };
});

/** Undefined where FCM is off. */
export const fcmConfig = registerAs('fcm', () => {
  const env = worker();
  const account = env.FCM_SERVICE_ACCOUNT;
  return { account, url: env.FCM_API_URL, ca: env.FCM_CA, timings: PROVIDER_TIMINGS };
});

/** Whether phones may register for FCM. */
export const pushTargetsConfig = registerAs('pushTargets', () => ({
  fcm: service().FCM_PROJECT_ID !== undefined,
}));

/** Before "10 times your subscribers within 15 minutes" has OneSignal switch the app off. */
export const sendingGuardConfig = registerAs('sendingGuard', () => ({
  subscriberFloor: worker().ONESIGNAL_SUBSCRIBER_FLOOR,
}));

/** How long a poll waits for a message: 20 s costs least, 1 s suits a server that forgets pollers late. */
export const pollingConfig = registerAs('polling', () => ({ waitSeconds: worker().SQS_WAIT_SECONDS }));

/** Whose clock starts jobs: the worker's own, or Amazon EventBridge Scheduler's by the queue. */
export const schedulerConfig = registerAs('scheduler', () => ({ scheduler: worker().SCHEDULER }));

export const pushConfig = registerAs('push', () => ({ chunkSize: worker().ONESIGNAL_CHUNK_SIZE }));

/** Where aged rows and seals of the audit are kept. */
export const archiveConfig = registerAs('archive', () => {
  const env = worker();
  return { bucket: env.ARCHIVE_BUCKET, region: env.AWS_REGION, endpoint: env.ARCHIVE_ENDPOINT };
});

export const mailConfig = registerAs('mail', () => {
  const env = worker();
  return { smtpUrl: env.SMTP_URL, from: env.MAIL_FROM };
});

function service(): ServiceEnv {
  const env = loadEnv();
  if (env.APP_MODE === 'cli') throw new Error('this setting belongs to web and worker');
  return env;
}

function web(): WebEnv {
  const env = loadEnv();
  if (env.APP_MODE !== 'web') throw new Error('this setting belongs to web');
  return env;
}

function worker(): WorkerEnv {
  const env = loadEnv();
  if (env.APP_MODE !== 'worker') throw new Error('this setting belongs to worker');
  return env;
}
