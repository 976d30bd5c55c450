import type { Bucket } from './bucket';
import type { SettingName } from './environment';
import type { ServiceImage } from './image';
import type { Queues } from './queues';
import { PORT, poolSize, REGION, type StagePolicy } from './stage';

/** `APP_MODE` is each container's own. */
export type Settings = Readonly<Record<Exclude<SettingName, 'APP_MODE'>, $util.Input<string>>>;

/** What values are made of. */
interface Sources {
  readonly image: ServiceImage;
  readonly queues: Queues;
  readonly archive: Bucket;
}

/** The value of every plain variable. */
export function createSettings(policy: StagePolicy, { image, queues, archive }: Sources): Settings {
  const { settings } = policy;
  return {
    STAGE: $app.stage,
    PORT: String(PORT),
    TLS_MODE: 'self-signed',
    LOG_LEVEL: settings.logLevel,
    RELEASE: image.release,
    DB_POOL_MAX: String(poolSize(policy)),
    AWS_REGION: REGION,
    SQS_PUSH_QUEUE_URL: queues.push.main.url,
    SQS_WEBHOOK_QUEUE_URL: queues.webhook.main.url,
    SQS_JOBS_QUEUE_URL: queues.jobs.main.url,
    STORAGE_BUCKET: 'media',
    PUBLIC_URL: `https://${policy.domain}`,
    TRUSTED_PROXY_HOPS: policy.cloudFront ? '2' : '1',
    RATE_LIMIT_SCALE: '1',
    CORS_ORIGINS: settings.corsOrigins,
    // the balancer hears of a failed readiness only by deregistration, which takes some seconds to reach its nodes
    DRAIN_DELAY_MS: '15000',
    APPLE_CLIENT_IDS: settings.appleClientIds,
    GOOGLE_CLIENT_IDS: settings.googleClientIds,
    SQS_WAIT_SECONDS: '20',
    SCHEDULER: 'eventbridge',
    ARCHIVE_BUCKET: archive.id,
    MAIL_FROM: settings.mailFrom,
  };
}
