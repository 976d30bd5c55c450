import { randomBytes, randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { AuditLog, PgAuditStore } from '../../src/modules/audit';
import { Burials } from '../../src/modules/queues/dead-letters/burials';
import { DeadLetterActions } from '../../src/modules/queues/dead-letters/dead-letter-actions.service';
import { DeadLetterDrain } from '../../src/modules/queues/dead-letters/dead-letter-drain';
import { DeadLetters } from '../../src/modules/queues/dead-letters/dead-letters.service';
import { LetterMoves } from '../../src/modules/queues/dead-letters/letter-moves';
import { PgDeadLetterStore } from '../../src/modules/queues/dead-letters/pg-dead-letter.store';
import { PgDeadLetterActionStore } from '../../src/modules/queues/dead-letters/pg-dead-letter-action.store';
import { PgQueueSnapshotStore } from '../../src/modules/queues/snapshots/pg-queue-snapshot.store';
import { QueueOverview } from '../../src/modules/queues/snapshots/queue-overview.service';
import { QueueSnapshots } from '../../src/modules/queues/snapshots/queue-snapshots';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { HandlerRun } from '../../src/platform/sqs/handler-run';
import { Inbox } from '../../src/platform/sqs/inbox';
import { InboxRecords } from '../../src/platform/sqs/inbox-records';
import { MessageHandlers } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import { OutboxPublisher } from '../../src/platform/sqs/outbox-publisher';
import { PollingGate } from '../../src/platform/sqs/polling-gate';
import { QueueDispatcher } from '../../src/platform/sqs/queue-dispatcher';
import { SqsDeadLetterQueue } from '../../src/platform/sqs/sqs.dead-letter-queue';
import { decodeKeyring } from '../../src/shared/keyring';
import { defineMessage } from '../../src/shared/message';
import { range } from './concurrently';
import type { Services } from './services';
import { TestClock } from './test-clock';

export const QUEUE = 'background-jobs';
export const Work = defineMessage('test.work', QUEUE, z.object({ workId: z.guid() }));
const RECEIVES = 5;
/** The lease of a holder that was killed is over by then. */
const LEASE_SECONDS = 26;

/** Worker and operators' side of dead letters in this process, on the services of a stack. */
export class DeadLetterBed {
  readonly clock = new TestClock();
  readonly handlers = new MessageHandlers();
  readonly letters: DeadLetters;
  readonly actions: DeadLetterActions;
  readonly drain: DeadLetterDrain;
  readonly snapshots: QueueSnapshots;
  readonly overview: QueueOverview;
  readonly queue: SqsDeadLetterQueue;
  readonly burials: Burials;
  private readonly dispatcher: QueueDispatcher;
  private readonly publisher: OutboxPublisher;
  private readonly sqs: SQSClient;

  constructor(readonly services: Services) {
    const database = services.database();
    const key = decodeKeyring(`1:${randomBytes(32).toString('base64')}`);
    const keys = { data: key, keyEncryption: key };
    const { clock } = this;
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const store = new PgDeadLetterStore(database);
    const actions = new PgDeadLetterActionStore(database);
    const records = new InboxRecords();
    const audit = new AuditLog(new PgAuditStore(), clock);
    const snapshots = new PgQueueSnapshotStore(database);
    this.sqs = services.sqs();
    this.queue = new SqsDeadLetterQueue(this.sqs, services.queueUrls());
    this.burials = new Burials(store, records, database, clock, keys);
    this.drain = new DeadLetterDrain(this.queue, this.burials);
    this.letters = new DeadLetters(store, keys);
    const moves = new LetterMoves(actions, outbox, records, clock, keys);
    this.actions = new DeadLetterActions(actions, moves, audit, database, clock);
    this.snapshots = new QueueSnapshots(this.queue, snapshots, clock);
    this.overview = new QueueOverview(snapshots, store, clock);
    const gate = new PollingGate(database, new Draining());
    const inbox = new Inbox(database, clock);
    const run = new HandlerRun(this.handlers, clock);
    this.dispatcher = new QueueDispatcher(services.eventQueue(), inbox, run, outbox, gate);
    this.publisher = new OutboxPublisher(services.eventQueue(), database, clock, services.shutdown);
  }

  envelope(change: object = {}): { id: string; body: string } {
    const id = randomUUID();
    const body = {
      id,
      type: Work.type,
      version: Work.version,
      correlationId: randomUUID(),
      occurredAt: this.clock.now().toISOString(),
      payload: { workId: randomUUID() },
    };
    return { id, body: JSON.stringify({ ...body, ...change }) };
  }

  async send(...messages: readonly { id: string; body: string }[]): Promise<void> {
    await this.services.eventQueue().send(QUEUE, messages);
  }

  async receive(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.jobsUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
    });
    return (await this.sqs.send(command)).Messages ?? [];
  }

  /** Received messages can be received again in a second, as if their pause was over. */
  async hurry(messages: readonly Message[], queueUrl = this.jobsUrl): Promise<void> {
    const Entries = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 1,
    }));
    await this.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  async handle(messages: readonly Message[]): Promise<void> {
    await this.dispatcher.dispatch(QUEUE, messages);
    this.clock.forward(LEASE_SECONDS);
  }

  /** Five tries of a message, and what the queue does then: without waiting for it. */
  async exhaust(body: string, tried = true): Promise<void> {
    for (const receives of range(tried ? RECEIVES : 0)) {
      const Attributes = { ApproximateReceiveCount: String(receives + 1) };
      await this.handle([{ Body: body, ReceiptHandle: randomUUID(), Attributes }]);
    }
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.deadUrl, MessageBody: body }));
  }

  get jobsUrl(): string {
    return this.services.env('SQS_JOBS_QUEUE_URL');
  }

  get deadUrl(): string {
    return `${this.jobsUrl}-dlq`;
  }

  /** Sends what waits in the outbox. @returns its ids */
  async publish(): Promise<string[]> {
    const rows = await this.services.sql<{
      id: string;
      body: string;
      group_id: string | null;
      claimableAt: Date;
    }>(
      'select id, body, group_id, claimable_at as "claimableAt" from loopin.outbox where published_at is null and queue = $1',
      [QUEUE],
    );
    const messages = rows.map(({ group_id, ...row }) => ({ ...row, groupId: group_id ?? undefined }));
    for (let from = 0; from < messages.length; from += 10)
      await this.publisher.publish(QUEUE, messages.slice(from, from + 10));
    return rows.map(({ id }) => id);
  }
}
