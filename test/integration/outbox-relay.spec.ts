import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { EventQueue, type OutgoingMessage } from '../../src/platform/sqs/event-queue';
import { type PendingMessage, RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { OutboxPublisher } from '../../src/platform/sqs/outbox-publisher';
import { OutboxRelay } from '../../src/platform/sqs/outbox-relay';
import { newId } from '../../src/shared/ids';
import { defineMessage, Envelope, type QueueName } from '../../src/shared/message';
import { runInContext } from '../../src/shared/request-context';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const Numbered = defineMessage('test.numbered', 'background-jobs', z.strictObject({ number: z.number() }));

/** A queue that remembers what it took, and can be away. */
class RecordingQueue extends EventQueue {
  readonly taken: string[] = [];
  away = false;
  /** What happens between the queue's taking a batch and its answer. */
  meanwhile: () => Promise<void> = async () => undefined;

  async send(_queue: QueueName, messages: readonly OutgoingMessage[]): Promise<ReadonlySet<string>> {
    if (this.away) throw new Error('the queue is away');
    await this.meanwhile();
    // so that a second relay comes in between
    await new Promise(setImmediate);
    const ids = messages.map(({ id }) => id);
    this.taken.push(...ids);
    return new Set(ids);
  }

  async acknowledge(): Promise<void> {}
  async postpone(): Promise<void> {}
  async ping(): Promise<void> {}
}

describe('the outbox and its relay', () => {
  let services: Services;
  let database: Database;
  let clock: TestClock;
  let queue: RecordingQueue;
  let relays: OutboxRelay[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database();
  });
  beforeEach(async () => {
    clock = new TestClock();
    queue = new RecordingQueue();
    relays = [];
    await services.sql('delete from loopin.outbox');
  });
  afterEach(() => {
    for (const relay of relays) relay.onModuleDestroy();
  });
  afterAll(() => services.stop());

  const outbox = () => new Outbox(clock, new RelayOnly(), database);
  const publisher = (to: EventQueue) => new OutboxPublisher(to, database, clock, services.shutdown);

  function startRelay(to: EventQueue = queue, shutdown = services.shutdown): OutboxRelay {
    const relay = new OutboxRelay(database, clock, publisher(to), shutdown);
    relays.push(relay);
    relay.onApplicationBootstrap();
    return relay;
  }

  const write = (count: number) =>
    database.transaction((tx) =>
      outbox().addAll(
        tx,
        Numbered,
        range(count).map((number) => ({ number })),
      ),
    );

  const unpublished = async () => {
    const [row] = await services.sql<{ count: number }>(
      'select count(*)::int as count from loopin.outbox where published_at is null',
    );
    return row?.count;
  };

  it('publishes what no fast path did, to the real queue', async () => {
    const correlationId = '11111111-1111-4111-8111-111111111111';
    await runInContext({ correlationId }, () => write(1));
    clock.forward(3);
    startRelay(services.eventQueue());
    await waitFor('it to be published', async () => (await unpublished()) === 0, 30_000);
    const receive = new ReceiveMessageCommand({
      QueueUrl: services.env('SQS_JOBS_QUEUE_URL'),
      WaitTimeSeconds: 2,
    });
    const { Messages = [] } = await services.sqs().send(receive);
    const rows = await services.sql<{ id: string; body: string }>('select id, body from loopin.outbox');
    expect(Messages.map(({ Body }) => Body)).toEqual(rows.map(({ body }) => body));
    expect(Envelope.parse(JSON.parse(Messages[0]?.Body ?? ''))).toMatchObject({
      id: rows[0]?.id,
      type: 'test.numbered',
      version: 1,
      correlationId,
      payload: { number: 0 },
    });
  });

  it('leaves the fast path its time first', async () => {
    clock.stop();
    await write(1);
    startRelay();
    await write(0);
    clock.forward(1);
    expect(await unpublished()).toBe(1);
    clock.forward(2);
    await waitFor('it to be published', async () => (await unpublished()) === 0, 30_000);
  });

  it('many relays take each row once', async () => {
    await write(500);
    clock.forward(3);
    for (const _ of range(4)) startRelay();
    await waitFor('all to be published', async () => (await unpublished()) === 0, 15_000);
    expect(queue.taken).toHaveLength(500);
    expect(new Set(queue.taken).size).toBe(500);
  });

  it('publishes nothing of a transaction that was rolled back', async () => {
    const undone = database.transaction(async (tx) => {
      await outbox().add(tx, Numbered, { number: 1 });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await unpublished()).toBe(0);
  });

  it('goes on when the queue is back', async () => {
    queue.away = true;
    await write(3);
    clock.forward(3);
    startRelay();
    await waitFor('a claim', claimed, 30_000);
    expect(await unpublished()).toBe(3);
    queue.away = false;
    clock.forward(20);
    await waitFor('all to be published', async () => (await unpublished()) === 0, 30_000);
    expect(queue.taken).toHaveLength(3);
  });

  describe('loses nothing that a worker puts back before its sender has noted that it is sent', () => {
    /** A worker that is faster than the queue's answer: the handler wants the message again, in five minutes. */
    async function putBack(): Promise<void> {
      queue.meanwhile = async () => undefined;
      const [row] = await services.sql<{ body: string }>('select body from loopin.outbox');
      const envelope = Envelope.parse(JSON.parse(row?.body ?? ''));
      await outbox().sendAgain('background-jobs', [{ envelope, seconds: 300 }]);
    }
    async function expectSentAgain(): Promise<void> {
      expect(queue.taken).toHaveLength(1);
      expect(await unpublished()).toBe(1);
      clock.forward(301);
      startRelay();
      await waitFor('it to be sent again', async () => (await unpublished()) === 0, 30_000);
      expect(queue.taken).toHaveLength(2);
    }

    it('on the fast path', async () => {
      queue.meanwhile = putBack;
      const process = new Shutdown();
      const fast = new Outbox(clock, new OutboxPublisher(queue, database, clock, process), database);
      await database.transaction((tx) => fast.add(tx, Numbered, { number: 1 }));
      await process.onApplicationShutdown();
      await expectSentAgain();
    });

    it('by the relay', async () => {
      queue.meanwhile = putBack;
      await write(1);
      clock.forward(3);
      const process = new Shutdown();
      const relay = startRelay(queue, process);
      await waitFor('it to be sent', () => queue.taken.length === 1, 30_000);
      relay.onModuleDestroy();
      await process.onApplicationShutdown();
      await expectSentAgain();
    });
  });

  it('leaves nothing waiting that is committed at the very moment when the fast path has sent all', async () => {
    const message = (claimableAt = clock.now()) => ({ id: newId(), body: '{}', claimableAt });
    for (const ticks of range(20)) {
      const late = message();
      class Interrupted extends OutboxPublisher {
        override async publish(name: QueueName, messages: readonly PendingMessage[]): Promise<number> {
          const count = await super.publish(name, messages);
          if (messages[0] !== late) void afterTicks(ticks).then(() => this.publishSoon(name, late));
          return count;
        }
      }
      const fast = new Interrupted(queue, database, clock, services.shutdown);
      fast.publishSoon('background-jobs', message());
      await waitFor(`what came ${ticks} later`, () => queue.taken.includes(late.id), 10_000);
    }
  });

  async function afterTicks(ticks: number): Promise<void> {
    for (const _ of range(ticks)) await undefined;
  }

  it('refuses a payload that is not the message’s', async () => {
    const wrong = database.transaction((tx) =>
      outbox().add(tx, Numbered, { number: 'one' as unknown as number }),
    );
    await expect(wrong).rejects.toThrow('expected number');
    expect(await unpublished()).toBe(0);
  });

  /** Whether a relay has moved the rows' time ahead. */
  async function claimed(): Promise<boolean> {
    const rows = await services.sql('select from loopin.outbox where claimable_at > $1', [clock.now()]);
    return rows.length === 3;
  }
});
