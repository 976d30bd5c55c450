import { randomBytes } from 'node:crypto';
import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PgWebhookEventStore } from '../../src/modules/webhooks/inbound/pg-webhook-event.store';
import { WebhookSources } from '../../src/modules/webhooks/inbound/sources/webhook-sources';
import { WebhookHandlers } from '../../src/modules/webhooks/inbound/webhook-handlers';
import { WebhookIntakeService } from '../../src/modules/webhooks/inbound/webhook-intake.service';
import { WebhooksConsumer } from '../../src/modules/webhooks/inbound/webhooks.consumer';
import type { Database } from '../../src/platform/database/database';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { HandlerRun } from '../../src/platform/sqs/handler-run';
import { Inbox } from '../../src/platform/sqs/inbox';
import { MessageHandlers } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import { OutboxPublisher } from '../../src/platform/sqs/outbox-publisher';
import { PollingGate } from '../../src/platform/sqs/polling-gate';
import { QueueDispatcher } from '../../src/platform/sqs/queue-dispatcher';
import { decodeKeyring } from '../../src/shared/keyring';
import { range } from './concurrently';
import type { Services } from './services';
import { TestClock } from './test-clock';
import { type Posted, SENDERS, type Sender } from './webhook-senders';

const QUEUE = 'webhook-events';

/** Intake and worker of webhooks in this process, on the services of a stack. */
export class WebhookInbound {
  readonly clock = new TestClock();
  readonly handlers = new WebhookHandlers();
  readonly messages = new MessageHandlers();
  readonly store: PgWebhookEventStore;
  readonly database: Database;
  /** Its fast path sends nothing: what is to be published is `publish()`ed. */
  readonly outbox: Outbox;
  private readonly stripe = SENDERS.stripe as Sender;
  private readonly secret = this.stripe.secret();
  private readonly intake: WebhookIntakeService;
  private readonly sqs: SQSClient;

  constructor(private readonly services: Services) {
    this.sqs = services.sqs();
    this.database = services.database();
    this.store = new PgWebhookEventStore(this.database);
    this.outbox = new Outbox(this.clock, new RelayOnly(), this.database);
    const key = decodeKeyring(`1:${randomBytes(32).toString('base64')}`);
    const keys = { data: key, keyEncryption: key };
    const none = { razorpay: undefined, github: undefined, supabase: undefined, standard: undefined };
    const sources = new WebhookSources({ ...none, onesignal: ['x'.repeat(32)], stripe: [this.secret] });
    this.intake = new WebhookIntakeService(sources, this.store, this.outbox, this.clock, keys);
    new WebhooksConsumer(this.messages, this.handlers, this.store, this.clock, keys);
  }

  /** A signed event of Stripe. */
  sign(id: string, type: string, data: object = {}, created = 0): Promise<Posted> {
    const body = JSON.stringify({ id, type, created, data });
    return this.stripe.send({ secret: this.secret, body, at: this.clock.now() });
  }

  post({ headers, body }: Posted) {
    return this.intake.receive('stripe', headers, Buffer.from(body));
  }

  async receive(id: string, type: string, data: object = {}, created = 0): Promise<string> {
    return (await this.post(await this.sign(id, type, data, created))).id;
  }

  /** One try of an event's message, as the worker makes it. */
  async try(eventId: string, messageId = eventId): Promise<void> {
    const envelope = {
      id: messageId,
      type: 'webhook.received',
      version: 1,
      correlationId: messageId,
      occurredAt: this.clock.now().toISOString(),
      payload: { eventId },
    };
    await this.messages.handle(envelope, { messageId, attempt: 1 });
  }

  /** Sends what waits in the outbox. @returns how many */
  async publish(): Promise<number> {
    const { shutdown } = this.services;
    const publisher = new OutboxPublisher(this.services.eventQueue(), this.database, this.clock, shutdown);
    const rows = await this.services.sql<{ id: string; body: string; claimableAt: Date }>(
      'select id, body, claimable_at as "claimableAt" from loopin.outbox where published_at is null and queue = $1',
      [QUEUE],
    );
    for (let from = 0; from < rows.length; from += 10)
      await publisher.publish(QUEUE, rows.slice(from, from + 10));
    return rows.length;
  }

  /** Polls until `done`, with so many pollers. */
  async work(pollers: number, done: () => boolean): Promise<void> {
    const gate = new PollingGate(this.database, new Draining());
    const inbox = new Inbox(this.database, this.clock);
    const dispatcher = new QueueDispatcher(
      this.services.eventQueue(),
      inbox,
      new HandlerRun(this.messages, this.clock),
      this.outbox,
      gate,
    );
    const poll = async () => {
      while (!done()) await dispatcher.dispatch(QUEUE, await this.poll());
    };
    await Promise.all(range(pollers).map(poll));
  }

  private async poll(): Promise<Message[]> {
    const receive = new ReceiveMessageCommand({
      QueueUrl: this.services.env('SQS_WEBHOOK_QUEUE_URL'),
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const { Messages = [] } = await this.sqs.send(receive);
    return Messages;
  }
}
