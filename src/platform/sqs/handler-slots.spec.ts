import type { QueueName } from '../../shared/message';
import { HandlerSlots, type SlotPlan } from './handler-slots';

const PUSH = 'push-notifications';
const WEBHOOK = 'webhook-events';
const JOB = 'background-jobs';

const PLAN: SlotPlan = { total: 4, guaranteed: { [PUSH]: 1, [WEBHOOK]: 1, [JOB]: 1 } };

describe('the places of a worker', () => {
  let slots: HandlerSlots;
  let started: string[];
  let finish: Map<string, () => void>;

  beforeEach(() => {
    slots = new HandlerSlots(PLAN);
    started = [];
    finish = new Map();
  });

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  function come(queue: QueueName, ...names: readonly string[]): void {
    for (const name of names) {
      void slots.run(queue, () => {
        started.push(name);
        return new Promise<void>((resolve) => finish.set(name, resolve));
      });
    }
  }

  async function end(name: string): Promise<void> {
    finish.get(name)?.();
    await settled();
  }

  it('keep free what the other queues are guaranteed', async () => {
    come(JOB, 'j1', 'j2', 'j3', 'j4');
    await settled();
    expect(started).toEqual(['j1', 'j2']);
    come(WEBHOOK, 'w1');
    come(PUSH, 'p1');
    await settled();
    expect(started).toEqual(['j1', 'j2', 'w1', 'p1']);
  });

  it('go to a waiting push first, then to webhooks, then to jobs', async () => {
    come(JOB, 'j1', 'j2', 'j3');
    come(WEBHOOK, 'w1', 'w2');
    come(PUSH, 'p1', 'p2');
    await settled();
    expect(started).toEqual(['j1', 'j2', 'w1', 'p1']);
    await end('j1');
    expect(started.at(-1)).toBe('p2');
    await end('p1');
    expect(started.at(-1)).toBe('w2');
    await end('w1');
    expect(started.at(-1)).toBe('j3');
  });

  it('go to a job when jobs have less than they are guaranteed, however many pushes wait', async () => {
    come(PUSH, 'p1', 'p2', 'p3', 'p4');
    come(JOB, 'j1', 'j2');
    await settled();
    expect(started).toEqual(['p1', 'p2', 'j1']);
    await end('j1');
    expect(started.at(-1)).toBe('j2');
    await end('j2');
    await end('p1');
    expect(started.slice(-2)).toEqual(['j2', 'p3']);
  });

  it('are given back by work that fails', async () => {
    const failing = range(10).map(() => slots.run(JOB, () => Promise.reject(new Error('no'))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(
      range(10).map(() => 'rejected'),
    );
    await expect(slots.run(JOB, async () => 'done')).resolves.toBe('done');
  });
});

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
