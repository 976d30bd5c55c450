import { randomBytes } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { AuditLog } from '../../src/modules/audit/audit-log';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { toEvent, writeEvents } from '../../src/modules/events';
import type { EventType } from '../../src/modules/events/event-type';
import { MailService } from '../../src/modules/mail/mail.service';
import { PgMailStore } from '../../src/modules/mail/pg-mail.store';
import { WebhookDeliveries } from '../../src/modules/webhooks/outbound/deliveries/deliveries.service';
import { PgDeliveryLogStore } from '../../src/modules/webhooks/outbound/deliveries/pg-delivery-log.store';
import { AttemptResults } from '../../src/modules/webhooks/outbound/dispatch/attempt-results';
import { DeliveryDispatcher } from '../../src/modules/webhooks/outbound/dispatch/delivery-dispatcher';
import { EndpointHealth } from '../../src/modules/webhooks/outbound/dispatch/endpoint-health';
import { PgDeliveryQueue } from '../../src/modules/webhooks/outbound/dispatch/pg-delivery-queue';
import { PgEndpointHealthStore } from '../../src/modules/webhooks/outbound/dispatch/pg-endpoint-health.store';
import { PgWebhookEndpointStore } from '../../src/modules/webhooks/outbound/endpoints/pg-webhook-endpoint.store';
import { WebhookEndpoints } from '../../src/modules/webhooks/outbound/endpoints/webhook-endpoints.service';
import { UndiciWebhookSender } from '../../src/modules/webhooks/outbound/sending/undici.webhook-sender';
import type { Database } from '../../src/platform/database/database';
import { guardedConnector } from '../../src/platform/outbound/guarded-connector';
import { OriginPools } from '../../src/platform/outbound/origin-pools';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { newId, type WebhookEndpointId } from '../../src/shared/ids';
import { decodeKeyring } from '../../src/shared/keyring';
import type { Services } from './services';
import { TestClock } from './test-clock';

const ACTOR = 'operator';

/** What a test looks at of a delivery. */
export interface DeliveryRow {
  readonly state: string;
  readonly attempts: number;
  readonly failures: number;
  readonly next_attempt_at: Date;
  readonly log: readonly (string | null)[];
}

/** Endpoints, events and workers of outbound webhooks in this process, on the services of a stack. */
export class WebhookOutbound {
  readonly clock = new TestClock();
  readonly database: Database;
  readonly endpoints: WebhookEndpoints;
  readonly deliveries: WebhookDeliveries;
  readonly queue: PgDeliveryQueue;
  private readonly mails: MailService;
  private readonly audit = new AuditLog(new PgAuditStore(), this.clock);
  private readonly keys: {
    data: ReturnType<typeof decodeKeyring>;
    keyEncryption: ReturnType<typeof decodeKeyring>;
  };

  constructor(private readonly services: Services) {
    this.database = services.database(8);
    const key = decodeKeyring(`1:${randomBytes(32).toString('base64')}`);
    this.keys = { data: key, keyEncryption: key };
    const { database, clock, audit, keys } = this;
    const outbox = new Outbox(clock, new RelayOnly(), database);
    this.mails = new MailService(new PgMailStore(database), outbox, clock, keys);
    this.queue = new PgDeliveryQueue(database);
    const store = new PgWebhookEndpointStore(database);
    this.endpoints = new WebhookEndpoints(store, audit, database, clock, keys);
    this.deliveries = new WebhookDeliveries(new PgDeliveryLogStore(database), store, audit, database, clock);
  }

  /** @param lookup how names are resolved */
  worker(lookup?: LookupFunction): DeliveryDispatcher {
    const { database, queue, mails, audit, clock, keys } = this;
    const pools = new OriginPools(guardedConnector(['127.0.0.1/32'], lookup));
    this.services.shutdown.onClose(() => pools.close());
    const health = new EndpointHealth(new PgEndpointHealthStore(database), mails, audit, database, clock);
    const results = new AttemptResults(queue, health, clock);
    return new DeliveryDispatcher(queue, new UndiciWebhookSender(pools), results, clock, keys);
  }

  async subscribe(url: string, ...eventTypes: string[]): Promise<{ id: WebhookEndpointId; secret: string }> {
    const { endpoint, secret } = await this.endpoints.create(ACTOR, newId(), { url, eventTypes });
    return { id: endpoint.id, secret };
  }

  /** In a transaction of its own. @returns the event's id */
  async emit<Payload>(type: EventType<Payload>, payload: Payload): Promise<string> {
    const event = toEvent(type, payload, this.clock.now());
    await this.database.transaction((tx) => writeEvents(tx, [event]));
    return event.id;
  }

  /** Everything that is due now, to its end. */
  async deliver(worker: DeliveryDispatcher): Promise<void> {
    while (await worker.turn());
    await worker.stop();
  }

  async row(endpointId: string, eventId: string): Promise<DeliveryRow | undefined> {
    const [row] = await this.services.sql<Record<keyof DeliveryRow, unknown>>(
      `select d.state, d.attempts, d.failures, d.next_attempt_at,
              array(select concat_ws(' ', a.outcome, a.status) from loopin.webhook_attempts a
                    where a.endpoint_id = d.endpoint_id and a.event_id = d.event_id order by number) as log
       from loopin.webhook_deliveries d
       where d.endpoint_id = $1 and d.event_id = $2`,
      [endpointId, eventId],
    );
    return row as DeliveryRow | undefined;
  }
}
