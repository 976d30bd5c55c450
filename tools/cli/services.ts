import { type CliEnv, loadEnv } from '../../src/config/env';
import { AppConfigService, PgAppConfigStore } from '../../src/modules/app-config';
import { AuditLog, PgAuditStore } from '../../src/modules/audit';
import {
  AdminInvitations,
  ApiKeysService,
  MfaNotices,
  PgAccountStore,
  PgApiKeyStore,
  PgSecondFactorStore,
  PgSessionStore,
  PgSigningKeyStore,
  RegistrationOffers,
  SecondFactorReset,
  SigningKeyRotation,
  SigningKeySteps,
  VerificationCodes,
} from '../../src/modules/auth';
import { PgRunningVersionStore } from '../../src/modules/devices';
import { JobAdministration, Jobs, PgJobStore } from '../../src/modules/jobs';
import { MailService, PgMailStore } from '../../src/modules/mail';
import type { ReplayReport } from '../../src/modules/privacy';
import {
  DeadLetterActions,
  DeadLetters,
  LetterMoves,
  PgDeadLetterActionStore,
  PgDeadLetterStore,
  PgQueueSnapshotStore,
  QueueOverview,
} from '../../src/modules/queues';
import {
  EventRelease,
  EventReplay,
  PgWebhookEventListStore,
  PgWebhookReplayStore,
  WebhookEvents,
  WebhookReplays,
} from '../../src/modules/webhooks';
import { OffsetFileClock } from '../../src/platform/clock/offset-file.clock';
import { SystemClock } from '../../src/platform/clock/system.clock';
import { connectionOptions } from '../../src/platform/database/connection-options';
import { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { InboxRecords } from '../../src/platform/sqs/inbox-records';
import { Outbox } from '../../src/platform/sqs/outbox';
import { type ArchiveServices, archiveServices } from './archive-services';
import { erasureReplay } from './privacy-services';

export interface Services extends ArchiveServices {
  readonly apiKeys: ApiKeysService;
  readonly invitations: AdminInvitations;
  readonly secondFactors: SecondFactorReset;
  readonly signingKeys: SigningKeyRotation;
  readonly jobs: JobAdministration;
  readonly webhookEvents: WebhookEvents;
  readonly eventReplay: EventReplay;
  readonly webhookReplays: WebhookReplays;
  readonly appConfigs: AppConfigService;
  readonly replayErasures: () => Promise<ReplayReport>;
  readonly deadLetters: DeadLetters;
  readonly deadLetterActions: DeadLetterActions;
  readonly queues: QueueOverview;
}

/** Wires what the commands need by hand: no framework, no Redis, no queue. The worker's relay publishes what they write. */
export async function withServices<Result>(use: (services: Services) => Promise<Result>): Promise<Result> {
  const env = loadEnv('cli');
  if (env.APP_MODE !== 'cli') throw new Error('not a command’s environment');
  const database = new Database({
    ...connectionOptions({ url: env.DATABASE_URL, ca: env.DATABASE_CA, tls: env.STAGE !== 'local' }),
    poolMax: env.DB_POOL_MAX,
  });
  try {
    return await use(wire(env, database));
  } finally {
    await database.close();
  }
}

function wire(env: CliEnv, database: Database): Services {
  const clock = env.CLOCK_OFFSET_FILE ? new OffsetFileClock(env.CLOCK_OFFSET_FILE) : new SystemClock();
  const keys = { data: env.DATA_KEYS, keyEncryption: env.KEY_ENCRYPTION_KEYS };
  const outbox = new Outbox(clock, new RelayOnly(), database);
  const mails = new MailService(new PgMailStore(database), outbox, clock, keys);
  const codes = new VerificationCodes(clock, keys);
  const accounts = new PgAccountStore(database);
  const offers = new RegistrationOffers(accounts, codes, mails, database, clock);
  const audit = new AuditLog(new PgAuditStore(), clock);
  const jobStore = new PgJobStore(database);
  const jobs = new Jobs(jobStore, outbox, clock);
  const replays = new PgWebhookReplayStore(database);
  const signingKeys = new PgSigningKeyStore(database);
  const letters = new PgDeadLetterStore(database);
  const letterActions = new PgDeadLetterActionStore(database);
  const letterMoves = new LetterMoves(letterActions, outbox, new InboxRecords(), clock, keys);
  const steps = new SigningKeySteps(signingKeys, audit, database, clock, keys);
  const archived = archiveServices(env, database, clock);
  return {
    ...archived,
    replayErasures: () => erasureReplay({ database, clock, keys, audit, mails }, archived).replay(),
    apiKeys: new ApiKeysService(new PgApiKeyStore(database), audit, database, clock),
    signingKeys: new SigningKeyRotation(signingKeys, steps, clock),
    invitations: new AdminInvitations(accounts, offers, audit, database),
    secondFactors: new SecondFactorReset(
      accounts,
      new PgSecondFactorStore(),
      new PgSessionStore(database),
      new MfaNotices(accounts, mails, audit),
      database,
      clock,
    ),
    jobs: new JobAdministration(jobStore, jobs, audit, database, clock),
    webhookEvents: new WebhookEvents(new PgWebhookEventListStore(database), keys),
    appConfigs: new AppConfigService(
      new PgAppConfigStore(database),
      new PgRunningVersionStore(database),
      audit,
      database,
      clock,
    ),
    eventReplay: new EventReplay(replays, new EventRelease(replays, outbox, clock), audit, database),
    webhookReplays: new WebhookReplays(replays, jobs, audit, database, clock),
    deadLetters: new DeadLetters(letters, keys),
    deadLetterActions: new DeadLetterActions(letterActions, letterMoves, audit, database, clock),
    queues: new QueueOverview(new PgQueueSnapshotStore(database), letters, clock),
  };
}
