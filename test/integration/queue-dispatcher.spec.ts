import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import type { Database } from '../../src/platform/database/database';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { HandlerRun } from '../../src/platform/sqs/handler-run';
import { Inbox } from '../../src/platform/sqs/inbox';
import { MessageHandlers } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import { PollingGate } from '../../src/platform/sqs/polling-gate';
import { QueueDispatcher } from '../../src/platform/sqs/queue-dispatcher';
import { defineMessage } from '../../src/shared/message';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const QUEUE = 'background-jobs';
const Work = defineMessage('test.work', QUEUE, z.object({}));
const LEASE_SECONDS = 25;

describe('a message whose holders were killed', () => {
  let services: Services;
  let database: Database;
  let clock: TestClock;
  let inbox: Inbox;
  let dispatcher: QueueDispatcher;
  let handled: string[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database();
  });
  beforeEach(() => {
    clock = new TestClock();
    inbox = new Inbox(database, clock);
    handled = [];
    const handlers = new MessageHandlers();
    handlers.on(Work, async (_, { messageId }) => {
      handled.push(messageId);
    });
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const gate = new PollingGate(database, new Draining());
    dispatcher = new QueueDispatcher(
      services.eventQueue(),
      inbox,
      new HandlerRun(handlers, clock),
      outbox,
      gate,
    );
  });
  afterAll(() => services.stop());

  /** A message in the hands of this process, which the queue says it has delivered so often. */
  async function received(receives: number): Promise<{ id: string; message: Message }> {
    const id = randomUUID();
    const body = JSON.stringify({
      id,
      type: Work.type,
      version: Work.version,
      correlationId: randomUUID(),
      occurredAt: clock.now().toISOString(),
      payload: {},
    });
    await services.eventQueue().send(QUEUE, [{ id, body }]);
    const command = new ReceiveMessageCommand({
      QueueUrl: services.env('SQS_JOBS_QUEUE_URL'),
      WaitTimeSeconds: 5,
    });
    const [message] = (await services.sqs().send(command)).Messages ?? [];
    return { id, message: { ...message, Attributes: { ApproximateReceiveCount: String(receives) } } };
  }

  async function killedWhileHolding(id: string, times: number): Promise<void> {
    for (const _ of range(times)) {
      await inbox.claim([id], LEASE_SECONDS);
      clock.forward(LEASE_SECONDS + 1);
    }
  }

  const inOutbox = async (id: string) =>
    (await services.sql('select id from loopin.outbox where id = $1 and published_at is null', [id])).length;
  const claimable = async (id: string) => (await inbox.claim([id], LEASE_SECONDS)).claimed.has(id);

  it('goes back through the outbox before the queue gives it up, and is handled the next time', async () => {
    const { id, message } = await received(3);
    await killedWhileHolding(id, 2);
    await dispatcher.dispatch(QUEUE, [message]);
    expect([handled, await inOutbox(id), await claimable(id)]).toEqual([[], 1, true]);
  });

  it.each([
    ['is handled while the queue has patience', 2, 1],
    ['is left to the queue when it kills whoever takes it', 4, 20],
  ])('%s', async (_, receives, kills) => {
    const { id, message } = await received(receives);
    await killedWhileHolding(id, kills);
    await dispatcher.dispatch(QUEUE, [message]);
    expect([handled, await inOutbox(id)]).toEqual([[id], 0]);
  });

  it('is handled as usual when an attempt before failed by itself', async () => {
    const { id, message } = await received(4);
    await inbox.claim([id], LEASE_SECONDS);
    await inbox.fail([{ messageId: id, reason: 'refused' }]);
    await dispatcher.dispatch(QUEUE, [message]);
    expect([handled, await inOutbox(id)]).toEqual([[id], 0]);
  });
});
