import { randomUUID } from 'node:crypto';
import { serviceAccount } from '../../src/config/service-account';
import { AuditLog, PgAuditStore } from '../../src/modules/audit';
import { PgPushBindingStore } from '../../src/modules/devices/pg-push-binding.store';
import { PushBindings } from '../../src/modules/devices/push-bindings';
import { DeliveryService } from '../../src/modules/push/delivery/delivery.service';
import { Failover } from '../../src/modules/push/delivery/failover';
import { PgChunkStore } from '../../src/modules/push/delivery/pg-chunk.store';
import { SendingGuard } from '../../src/modules/push/delivery/sending-guard';
import { FcmPushProvider } from '../../src/modules/push/providers/fcm.push-provider';
import { OneSignalPushProvider } from '../../src/modules/push/providers/onesignal.push-provider';
import { PushProviders } from '../../src/modules/push/providers/push-providers';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { TryAgainLater } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { Clock } from '../../src/shared/clock';
import type { NotificationId } from '../../src/shared/ids';
import { FcmSandbox } from './fcm-sandbox';
import { addRecipients, type Recipient, type Way } from './push-recipients';
import { QUICK_TIMINGS } from './push-subjects';
import { Sandbox } from './sandbox';
import { Services } from './services';
import { TestClock } from './test-clock';
import { waitFor } from './wait-for';

export interface DeliveryRow {
  readonly target: string;
  readonly state: string;
  readonly reason: string | null;
  readonly provider: string;
}

interface WorkerOptions {
  readonly subscriberFloor?: number;
  /** How long a circuit stays open. */
  readonly openMs?: number;
  /** How long a try may take; for faults that never answer. */
  readonly timeoutMs?: number;
}

export function chunkStore(database: Database, clock: Clock, subscriberFloor = 1_000_000): PgChunkStore {
  const audit = new AuditLog(new PgAuditStore(), clock);
  const bindings = new PushBindings(new PgPushBindingStore(), audit, { fcm: true });
  return new PgChunkStore(database, new SendingGuard(database, clock, { subscriberFloor }), bindings);
}

/** The real delivery of one worker on a real Postgres and the two sandboxes, a chunk at a time and without a queue. */
export class PushBed {
  readonly clock = new TestClock();
  readonly oneSignal: Sandbox;
  readonly fcm: FcmSandbox;
  #delivery: DeliveryService;
  readonly #worker = new Shutdown();

  static async start(): Promise<PushBed> {
    const services = await Services.start();
    const bed = new PushBed(services);
    await bed.oneSignal.settings({ events: false });
    return bed;
  }

  private constructor(readonly services: Services) {
    const { ports } = services.local;
    this.oneSignal = new Sandbox(`http://127.0.0.1:${ports.onesignal}`);
    this.fcm = new FcmSandbox(`http://127.0.0.1:${ports.fcm}`);
    this.#delivery = this.newWorker({});
  }

  async stop(): Promise<void> {
    await this.#worker.onApplicationShutdown();
    await this.services.stop();
  }

  get delivery(): DeliveryService {
    return this.#delivery;
  }

  /** As a restarted or a further worker: its circuits are closed, and it remembers nothing. */
  newWorker({ subscriberFloor = 1_000_000, ...timings }: WorkerOptions): DeliveryService {
    this.#delivery = this.compose(this.#worker, subscriberFloor, { ...QUICK_TIMINGS, ...timings });
    return this.#delivery;
  }

  async clear(): Promise<void> {
    await this.oneSignal.clear();
    await this.oneSignal.settings({ events: false });
    await this.fcm.clear();
    await this.services.sql(
      'truncate loopin.push_notifications, loopin.push_chunks, loopin.push_deliveries, loopin.users, loopin.push_slo cascade',
    );
  }

  /** Phones with a session and a device token that stand. */
  recipients(count: number, way: Way, withFallback: boolean): Promise<Recipient[]> {
    return addRecipients((text, values) => this.services.sql(text, values), count, way, withFallback);
  }

  /** A notification whose audience is frozen in one chunk for each list of recipients. */
  async notification(
    way: Way,
    chunks: readonly (readonly Recipient[])[],
    facts: { ttlSeconds?: number; category?: string; content?: unknown } = {},
  ): Promise<NotificationId> {
    const id = randomUUID() as string as NotificationId;
    const now = this.clock.now();
    const { ttlSeconds = 3_600, category = 'general', content = { title: id } } = facts;
    await this.services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, options, category, created_by, created_at,
         expires_at, audience_resolved_at)
       values ($1, 'sending', '{}', $2, '{}', $3, 'test', $4::timestamptz, $4::timestamptz + make_interval(secs => $5), $4)`,
      [id, JSON.stringify(content), category, now, ttlSeconds],
    );
    for (const [index, members] of chunks.entries()) {
      await this.services.sql(
        `insert into loopin.push_chunks (notification_id, chunk, provider, idempotency_key, state, members, created_at)
         values ($1, $2, $3, gen_random_uuid(), 'pending', $4, $5)`,
        [id, index, way, members.length, now],
      );
      await this.services.sql(
        `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, provider, state,
           fallback_provider, fallback_target, updated_at)
         select $1, t, $2, u, d, $3, 'pending', case when f is not null then $4 end, f, $5
         from unnest($6::text[], $7::uuid[], $8::uuid[], $9::text[]) as r(t, u, d, f)`,
        [
          id,
          index,
          way,
          way === 'fcm' ? 'onesignal' : 'fcm',
          now,
          members.map(({ target }) => target),
          members.map(({ userId }) => userId),
          members.map(({ deviceId }) => deviceId),
          members.map(({ fallback }) => fallback),
        ],
      );
    }
    return id;
  }

  /** One try of each chunk that has no result. @returns the reasons of those that wait */
  async tryOnce(id: NotificationId, delivery = this.#delivery): Promise<string[]> {
    const chunks = await this.services.sql<{ chunk: number }>(
      "select chunk from loopin.push_chunks where notification_id = $1 and state = 'pending' order by chunk",
      [id],
    );
    const waiting = await Promise.all(
      chunks.map(({ chunk }) =>
        delivery.deliverChunk({ notificationId: id, chunk }, 1).catch((error: unknown) => {
          if (error instanceof TryAgainLater) return error.message;
          throw error;
        }),
      ),
    );
    return waiting.flatMap((reason) => reason ?? []);
  }

  /** Tries again and again, as the queue would, until nothing is pending. */
  async deliver(id: NotificationId): Promise<void> {
    await waitFor(
      'the notification to be over',
      async () => {
        await this.tryOnce(id);
        return (await this.status(id)) !== 'sending';
      },
      45_000,
    );
  }

  async status(id: NotificationId): Promise<string | undefined> {
    const rows = await this.services.sql<{ status: string }>(
      'select status from loopin.push_notifications where id = $1',
      [id],
    );
    return rows[0]?.status;
  }

  rows(id: NotificationId): Promise<DeliveryRow[]> {
    return this.services.sql<DeliveryRow & Record<string, unknown>>(
      'select target, state, reason, provider from loopin.push_recipients where notification_id = $1',
      [id],
    );
  }

  async states(id: NotificationId): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { state } of await this.rows(id)) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  async ambiguousRetries(id: NotificationId): Promise<number> {
    const rows = await this.services.sql<{ sum: number }>(
      'select sum(ambiguous_retries)::int as sum from loopin.push_chunks where notification_id = $1',
      [id],
    );
    return rows[0]?.sum ?? 0;
  }

  private compose(
    shutdown: Shutdown,
    subscriberFloor: number,
    timings: typeof QUICK_TIMINGS,
  ): DeliveryService {
    const { services, clock } = this;
    const database = services.database();
    const audit = new AuditLog(new PgAuditStore(), clock);
    const store = chunkStore(database, clock, subscriberFloor);
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const failover = new Failover(store, outbox, audit, database, { chunkSize: 2_000 });
    const oneSignal = {
      appId: services.env('ONESIGNAL_APP_ID'),
      apiKey: services.env('ONESIGNAL_API_KEY'),
      url: services.env('ONESIGNAL_API_URL'),
      timings,
    };
    const fcm = {
      account: serviceAccount.parse(services.env('FCM_SERVICE_ACCOUNT')),
      url: services.env('FCM_API_URL'),
      ca: services.env('FCM_CA'),
      timings,
    };
    const providers = new PushProviders([
      new OneSignalPushProvider(oneSignal, shutdown),
      new FcmPushProvider(fcm, shutdown),
    ]);
    return new DeliveryService(store, providers, failover, clock);
  }
}
