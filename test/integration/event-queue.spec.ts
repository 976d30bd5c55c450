import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EventQueue } from '../../src/platform/sqs/event-queue';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const QUEUE = 'background-jobs';

describe('the event queue on SQS', () => {
  let services: Services;
  let client: SQSClient;
  let queue: EventQueue;

  beforeAll(async () => {
    services = await Services.start({ migrated: false });
    client = services.sqs();
    queue = services.eventQueue();
  });
  afterAll(() => services.stop());

  async function receive(waitSeconds: number): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: services.env('SQS_JOBS_QUEUE_URL'),
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: waitSeconds,
    });
    return (await client.send(command)).Messages ?? [];
  }

  const receiptOf = (message: Message | undefined) => ({
    messageId: message?.MessageId ?? '',
    receiptHandle: message?.ReceiptHandle ?? '',
  });

  it('takes ten at once and says which it took', async () => {
    const messages = range(10).map((index) => ({ id: randomUUID(), body: `body ${index}` }));
    expect(await queue.send(QUEUE, messages)).toEqual(new Set(messages.map(({ id }) => id)));
    const received = await receive(2);
    expect(received.map(({ Body }) => Body).sort()).toEqual(messages.map(({ body }) => body).sort());
    await queue.acknowledge(QUEUE, received.map(receiptOf));
    expect(await receive(0)).toEqual([]);
  });

  it('takes a group on a standard queue', async () => {
    const message = { id: randomUUID(), body: 'grouped', groupId: 'tenant-1' };
    expect(await queue.send(QUEUE, [message])).toEqual(new Set([message.id]));
    await queue.acknowledge(QUEUE, (await receive(2)).map(receiptOf));
  });

  it('hides a message for as long as asked', async () => {
    await queue.send(QUEUE, [{ id: randomUUID(), body: 'later' }]);
    const [message] = await receive(2);
    await queue.postpone(QUEUE, [{ ...receiptOf(message), seconds: 4 }]);
    expect(await receive(0)).toEqual([]);
    const again = await waitFor('it to come again', async () => (await receive(0))[0], 30_000);
    await queue.acknowledge(QUEUE, [receiptOf(again)]);
  });

  it('answers to a ping while it is there', async () => {
    await queue.ping();
    process.kill(services.local.pid('sqs'), 'SIGKILL');
    await waitFor(
      'it to be away',
      () =>
        queue.ping().then(
          () => false,
          () => true,
        ),
      30_000,
    );
    await expect(queue.send(QUEUE, [{ id: randomUUID(), body: 'x' }])).rejects.toThrow();
  });

  it('has nothing to do for nothing', async () => {
    await queue.acknowledge(QUEUE, []);
    await queue.postpone(QUEUE, []);
  });
});
