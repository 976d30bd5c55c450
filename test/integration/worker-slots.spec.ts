import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { HandlerRun } from '../../src/platform/sqs/handler-run';
import { HandlerSlots } from '../../src/platform/sqs/handler-slots';
import { Inbox } from '../../src/platform/sqs/inbox';
import { MessageHandlers } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import { PollingGate } from '../../src/platform/sqs/polling-gate';
import { QueueDispatcher } from '../../src/platform/sqs/queue-dispatcher';
import { defineMessage, type QueueName } from '../../src/shared/message';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const JOB = 'background-jobs';
const PUSH = 'push-notifications';
const Job = defineMessage('test.job', JOB, z.object({}));
const Push = defineMessage('test.push', PUSH, z.object({}));
const BATCH = 10;

describe('a worker whose queue of jobs is flooded', () => {
  let services: Services;
  let dispatcher: QueueDispatcher;
  let started: string[];
  let finish: (() => void)[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    const database = services.database();
    const clock = new TestClock();
    const guaranteed = { [PUSH]: 1, 'webhook-events': 1, [JOB]: 1 };
    const handlers = new MessageHandlers(new HandlerSlots({ total: 5, guaranteed }));
    started = [];
    finish = [];
    const work = (name: string) => () => {
      started.push(name);
      return new Promise<void>((resolve) => finish.push(resolve));
    };
    handlers.on(Job, work('job'));
    handlers.on(Push, work('push'));
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const gate = new PollingGate(database, new Draining());
    dispatcher = new QueueDispatcher(
      services.eventQueue(),
      new Inbox(database, clock),
      new HandlerRun(handlers, clock),
      outbox,
      gate,
    );
  });
  afterAll(() => services.stop());

  const envelope = (queue: QueueName, id: string) =>
    JSON.stringify({
      id,
      type: queue === JOB ? Job.type : Push.type,
      version: 1,
      correlationId: id,
      occurredAt: new Date().toISOString(),
      payload: {},
    });

  async function receiveAll(queue: QueueName, count: number): Promise<Message[][]> {
    const ids = range(count).map(() => randomUUID());
    const eventQueue = services.eventQueue();
    for (let from = 0; from < count; from += BATCH) {
      const batch = ids.slice(from, from + BATCH);
      await eventQueue.send(
        queue,
        batch.map((id) => ({ id, body: envelope(queue, id), groupId: 'one-tenant' })),
      );
    }
    const command = new ReceiveMessageCommand({
      QueueUrl: services.queueUrls()[queue],
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    const client = services.sqs();
    const batches: Message[][] = [];
    while (batches.flat().length < count) batches.push((await client.send(command)).Messages ?? []);
    return batches;
  }

  it('gives every place that becomes free to a push, keeps the one of the jobs, and handles all of them', async () => {
    const jobs = await receiveAll(JOB, 20);
    const handled = jobs.map((batch) => dispatcher.dispatch(JOB, batch));
    await waitFor('the jobs to fill their places', () => started.length === 3, 20_000);
    const pushes = await receiveAll(PUSH, 8);
    handled.push(...pushes.map((batch) => dispatcher.dispatch(PUSH, batch)));
    await waitFor('the place that is kept for push', () => started.length === 4, 20_000);
    while (started.length < 28) {
      const end = await waitFor('work in hand', () => finish.shift(), 20_000);
      end();
      // the place is given away before anything else happens
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const end of finish) end();
    await Promise.all(handled);
    // three jobs were there first; then two of their places go to pushes, and one stays with the jobs
    expect(started.slice(0, 6)).toEqual(['job', 'job', 'job', 'push', 'push', 'push']);
    const lastPush = started.lastIndexOf('push');
    const jobsMeanwhile = started.slice(6, lastPush).filter((name) => name === 'job').length;
    expect(jobsMeanwhile).toBeLessThan(
      started.slice(6, lastPush + 1).filter((name) => name === 'push').length,
    );
    expect(jobsMeanwhile).toBeGreaterThan(0);
    expect(started.filter((name) => name === 'job')).toHaveLength(20);
    const [left] = await services.sql("select count(*)::int as done from loopin.inbox where state = 'done'");
    expect(left).toEqual({ done: 28 });
  });
});
