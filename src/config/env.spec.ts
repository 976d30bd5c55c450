import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { InvalidEnvironment, parseEnv } from './env';

const keys = () => `1:${randomBytes(32).toString('base64')}`;
const SERVICE = {
  STAGE: 'local',
  DATABASE_URL: 'postgres://app@127.0.0.1/postgres',
  REDIS_URL: 'redis://127.0.0.1',
  AWS_REGION: 'eu-west-1',
  SQS_PUSH_QUEUE_URL: 'http://127.0.0.1/push',
  SQS_WEBHOOK_QUEUE_URL: 'http://127.0.0.1/webhook',
  SQS_JOBS_QUEUE_URL: 'http://127.0.0.1/jobs',
  DATA_KEYS: keys(),
  KEY_ENCRYPTION_KEYS: keys(),
  SUPABASE_URL: 'http://127.0.0.1',
  SUPABASE_SERVICE_KEY: 'service',
  STORAGE_BUCKET: 'loopin',
};
const WEB = {
  ...SERVICE,
  APP_MODE: 'web',
  PUBLIC_URL: 'http://127.0.0.1:8000',
  ONESIGNAL_WEBHOOK_SECRET: 'x'.repeat(32),
};
const WORKER = {
  ...SERVICE,
  APP_MODE: 'worker',
  SMTP_URL: 'smtp://127.0.0.1',
  MAIL_FROM: 'Loopin <no-reply@example.com>',
  ONESIGNAL_APP_ID: '3f8b8d9e-7f5e-4c55-9f4c-0d1f0d6a3b11',
  ONESIGNAL_API_KEY: 'key',
  ARCHIVE_BUCKET: 'archive',
};

function problemsOf(source: Record<string, string | undefined>): readonly string[] {
  try {
    parseEnv(source);
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
  return [];
}

const ACCOUNT = {
  type: 'service_account',
  project_id: 'loopin',
  private_key: '-----BEGIN PRIVATE KEY-----',
  client_email: 'push@loopin.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

describe('the environment', () => {
  it.each([
    [{ FCM_PROJECT_ID: 'loopin', FCM_SERVICE_ACCOUNT: JSON.stringify(ACCOUNT) }, []],
    [{ FCM_PROJECT_ID: 'loopin' }, ['FCM_SERVICE_ACCOUNT is missing beside FCM_PROJECT_ID']],
    [
      { FCM_SERVICE_ACCOUNT: JSON.stringify(ACCOUNT) },
      ['FCM_PROJECT_ID is missing beside FCM_SERVICE_ACCOUNT'],
    ],
    [
      { FCM_PROJECT_ID: 'another', FCM_SERVICE_ACCOUNT: JSON.stringify(ACCOUNT) },
      ['FCM_SERVICE_ACCOUNT must be of the project FCM_PROJECT_ID'],
    ],
    [
      { FCM_PROJECT_ID: 'loopin', FCM_SERVICE_ACCOUNT: '{"private_key":"secret"}' },
      ['FCM_SERVICE_ACCOUNT must be the JSON file of a Google service account'],
    ],
  ])('takes FCM as a whole: %#', (given, problems) => {
    expect(problemsOf({ ...WORKER, ...given })).toEqual(problems);
  });

  it('is read with its defaults', () => {
    expect(parseEnv(WEB)).toMatchObject({
      APP_MODE: 'web',
      HOST: '0.0.0.0',
      PORT: 8000,
      LOG_LEVEL: 'info',
      DB_POOL_MAX: 4,
      TLS_MODE: 'off',
      TRUSTED_PROXY_HOPS: 0,
      RATE_LIMIT_SCALE: 1,
      CORS_ORIGINS: [],
      ONESIGNAL_RECEIPTS: false,
      METRICS: 'off',
      SENTRY_TRACES_SAMPLE_RATE: 0,
    });
    expect(parseEnv(WORKER)).toMatchObject({
      APP_MODE: 'worker',
      ONESIGNAL_API_URL: 'https://api.onesignal.com',
    });
  });

  it('needs of each mode only what it uses', () => {
    expect(problemsOf({ ...WEB, SMTP_URL: undefined })).toEqual([]);
    expect(problemsOf({ ...WORKER, PUBLIC_URL: undefined })).toEqual([]);
  });

  it('tells every problem at once', () => {
    const problems = problemsOf({
      ...WEB,
      STAGE: undefined,
      REDIS_URL: 'http://127.0.0.1',
      PORT: '99999',
      ONESIGNAL_RECEIPTS: 'yes',
      ONESIGNAL_WEBHOOK_SECRET: 'short',
    });
    expect(problems).toEqual([
      'STAGE is missing',
      'PORT must be at most 65535',
      'REDIS_URL must start with redis:// or rediss://',
      'ONESIGNAL_RECEIPTS must be one of true, false',
      'ONESIGNAL_WEBHOOK_SECRET must be at least 32 characters long',
    ]);
  });

  it('counts an empty value as missing', () => {
    expect(problemsOf({ ...WEB, DATABASE_URL: '' })).toEqual(['DATABASE_URL is missing']);
  });

  it.each(['', 'both', 'WEB', 'cli '])('knows no mode %j', (mode) => {
    expect(problemsOf({ ...WEB, ...WORKER, APP_MODE: mode })).toEqual(['APP_MODE must be web or worker']);
  });

  it('shows no value, whatever is wrong with it', () => {
    const secret = 'do-not-show-this';
    const problems = Object.keys(WEB).flatMap((name) => problemsOf({ ...WEB, [name]: secret }));
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.join('\n')).not.toContain(secret);
  });

  it.each([
    ['1:short', 'must be 32 bytes'],
    ['x:y', 'must look like'],
    [`${keys()},${keys()}`, 'is given twice'],
  ])('refuses the keys %s', (value, reason) => {
    expect(problemsOf({ ...WEB, DATA_KEYS: value })).toEqual([expect.stringContaining(reason)]);
  });

  it.each(['dev', 'staging', 'prod'])('in %s nothing of a developer’s machine is allowed', (stage) => {
    const local = {
      CLOCK_OFFSET_FILE: '/tmp/x',
      SQS_ENDPOINT: 'http://127.0.0.1',
      OUTBOUND_ALLOW: '10.0.0.0/8',
      APPLE_ISSUER_URL: 'http://127.0.0.1/apple',
      GOOGLE_ISSUER_URL: 'http://127.0.0.1/google',
    };
    expect(problemsOf({ ...WEB, STAGE: stage, ...local })).toEqual(
      Object.keys(local).map((name) => `${name} is allowed with STAGE=local only`),
    );
    expect(problemsOf({ ...WEB, STAGE: 'local', ...local })).toEqual([]);
  });

  it('takes what Apple knows us by as a whole or not at all', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const apple = { APPLE_TEAM_ID: 'TEAM', APPLE_KEY_ID: 'KEY' };
    const oneLine = file.replaceAll('\n', '\\n');
    const base64 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
    for (const key of [file, oneLine, base64]) {
      expect(problemsOf({ ...WORKER, ...apple, APPLE_PRIVATE_KEY: key })).toEqual([]);
    }
    expect(problemsOf({ ...WORKER, ...apple })).toEqual([
      'APPLE_PRIVATE_KEY is missing beside the other APPLE_ variables',
    ]);
    expect(problemsOf({ ...WORKER, ...apple, APPLE_PRIVATE_KEY: 'secret' })).toEqual([
      'APPLE_PRIVATE_KEY must be a P-256 private key as PKCS #8',
    ]);
  });

  it('in prod limits are not loosened', () => {
    expect(problemsOf({ ...WEB, STAGE: 'prod', RATE_LIMIT_SCALE: '10' })).toEqual([
      'RATE_LIMIT_SCALE must be 1 with STAGE=prod',
    ]);
    expect(problemsOf({ ...WEB, STAGE: 'staging', RATE_LIMIT_SCALE: '10' })).toEqual([]);
  });

  it('in prod nobody is shown the metrics', () => {
    const reason = 'METRICS must be emf or off with STAGE=prod: /metrics asks nobody who they are';
    expect(problemsOf({ ...WEB, STAGE: 'prod', METRICS: 'prometheus' })).toEqual([reason]);
    expect(problemsOf({ ...WEB, STAGE: 'prod', METRICS: 'emf' })).toEqual([]);
    expect(problemsOf({ ...WORKER, STAGE: 'staging', METRICS: 'prometheus' })).toEqual([]);
  });

  it('samples of traces a share', () => {
    expect(problemsOf({ ...WEB, SENTRY_TRACES_SAMPLE_RATE: '0.05' })).toEqual([]);
    expect(problemsOf({ ...WEB, SENTRY_TRACES_SAMPLE_RATE: '2' })).toEqual([
      'SENTRY_TRACES_SAMPLE_RATE must be at most 1',
    ]);
  });

  it('tells of a conflict of stages beside what is missing', () => {
    const problems = problemsOf({ ...WEB, STAGE: 'prod', RATE_LIMIT_SCALE: '10', REDIS_URL: undefined });
    expect(problems).toEqual(['REDIS_URL is missing', 'RATE_LIMIT_SCALE must be 1 with STAGE=prod']);
  });
});
