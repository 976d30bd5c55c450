import { concurrently, range } from '../support/concurrently';
import { medianMs } from '../support/median';
import { Operator } from '../support/operator';
import { QueueServer } from '../support/queue-server';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const PUSHES = 100;
/** Who waited for a queue that hangs would wait this long at least: its time-outs are 1 s and 3 s. */
const SHORTEST_WAIT_MS = 1_000;

describe('SQS is away while pushes are posted', () => {
  let stack: TestStack;
  let queue: QueueServer;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start();
    queue = new QueueServer(stack);
    operator = await stack.operator();
  });
  afterAll(() => stack.stop());

  const outages = {
    hangs: { begin: async () => queue.hang(), end: async () => queue.resume() },
    'refuses connections': { begin: () => queue.kill(), end: () => queue.startAgain() },
  };

  it.each(Object.entries(outages))(
    'when it %s: each POST is answered at once, all are delivered',
    async (_, outage) => {
      const phone = await stack.phone().install();
      await operator.create(Operator.notification(phone.deviceId, { title: 'before' }));

      await outage.begin();
      const answers = await concurrently(range(PUSHES), 5, (index) =>
        operator.create(Operator.notification(phone.deviceId, { title: `n-${index}` })),
      );
      await outage.end();

      expect(answers.map(({ status }) => status)).toEqual(range(PUSHES).map(() => 202));
      expect(medianMs(answers)).toBeLessThan(SHORTEST_WAIT_MS);
      await waitFor(
        'all to be delivered',
        async () => (await stack.sandbox.deliveries(phone.subscriptionId)).length > PUSHES,
        80_000,
      );
      const titles = (await stack.sandbox.deliveries(phone.subscriptionId)).map(({ title }) => title);
      expect(titles.sort()).toEqual(['before', ...range(PUSHES).map((index) => `n-${index}`)].sort());
    },
  );
});
