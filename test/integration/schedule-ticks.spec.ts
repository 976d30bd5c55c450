import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Logger } from '@nestjs/common';
import { PgScheduleSlotStore } from '../../src/modules/jobs/schedules/pg-schedule-slot.store';
import { ScheduleList } from '../../src/modules/jobs/schedules/schedule-list';
import { SlotTaking } from '../../src/modules/jobs/schedules/slot-taking';
import { TicksConsumer } from '../../src/modules/jobs/schedules/ticks.consumer';
import type { Database } from '../../src/platform/database/database';
import { Draining } from '../../src/platform/lifecycle/draining';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { HandlerRun } from '../../src/platform/sqs/handler-run';
import { Inbox } from '../../src/platform/sqs/inbox';
import { MessageHandlers } from '../../src/platform/sqs/message-handlers';
import { Outbox } from '../../src/platform/sqs/outbox';
import { PollingGate } from '../../src/platform/sqs/polling-gate';
import { QueueDispatcher } from '../../src/platform/sqs/queue-dispatcher';
import { defineJob } from '../../src/shared/job';
import { defineSchedule, type Schedule, SlotPayload } from '../../src/shared/schedule';
import { range } from '../support/concurrently';
import { FixedClock } from '../support/fixed-clock';
import { JobsBed } from '../support/jobs-bed';
import { Services } from '../support/services';

jest.setTimeout(60_000);

const QUEUE = 'background-jobs';
const HOUR_MS = 3_600_000;
const Hourly = defineJob('test.hourly', SlotPayload);
const HOURLY = defineSchedule({ name: 'hourly', everySeconds: 3_600, job: Hourly, catchUp: 'all' });

describe('schedules', () => {
  let services: Services;
  let database: Database;
  let clock: FixedClock;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database(8);
  });
  beforeEach(async () => {
    await services.sql('truncate loopin.jobs, loopin.schedule_slots, loopin.inbox');
    clock = new FixedClock();
  });
  afterAll(() => services.stop());

  const slotTaking = () =>
    new SlotTaking(new PgScheduleSlotStore(database), new JobsBed(database, clock).jobs, database, clock);
  /** The beginning of the hour that is so many hours ago. */
  const hour = (ago: number) =>
    new Date((Math.floor(clock.now().getTime() / HOUR_MS) - ago) * HOUR_MS).toISOString();
  const taken = async () => {
    const rows = await services.sql<{ slot: Date; job: string; payload: { slot: string } }>(
      `select s.slot, j.id as job, j.payload
       from loopin.schedule_slots s
       left join loopin.jobs j on j.id = s.job_id
       order by s.slot`,
    );
    expect(rows.map(({ payload }) => payload.slot)).toEqual(rows.map(({ slot }) => slot.toISOString()));
    const [jobs] = await services.sql('select count(*)::int as count from loopin.jobs');
    expect(jobs).toEqual({ count: rows.length });
    return rows.map(({ payload }) => payload.slot);
  };

  describe('that Amazon EventBridge Scheduler ticks', () => {
    let handled: number;

    /** A worker's part between the queue and the slots. */
    function dispatcher(schedules: readonly Schedule[]): QueueDispatcher {
      const bed = new JobsBed(database, clock);
      bed.handlers.on(Hourly, async () => {});
      const messages = new MessageHandlers();
      new TicksConsumer(messages, new ScheduleList(schedules, bed.handlers), slotTaking());
      const outbox = new Outbox(clock, new RelayOnly(), database);
      const gate = new PollingGate(database, new Draining());
      return new QueueDispatcher(
        services.eventQueue(),
        new Inbox(database, clock),
        new HandlerRun(messages, clock),
        outbox,
        gate,
      );
    }

    /** As the schedule's target is set up. */
    async function tick(name: string, scheduledTime: string, executionId = randomUUID()): Promise<void> {
      const body = JSON.stringify({ type: 'schedule.tick', name, scheduledTime, executionId });
      await services.eventQueue().send(QUEUE, [{ id: randomUUID(), body }]);
    }

    /** What waits in the queue; what was received before and is not done stays hidden. */
    async function receive(): Promise<Message[]> {
      const command = new ReceiveMessageCommand({
        QueueUrl: services.env('SQS_JOBS_QUEUE_URL'),
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      const messages = (await services.sqs().send(command)).Messages ?? [];
      handled += messages.length;
      return messages;
    }

    beforeEach(() => {
      handled = 0;
    });

    it('take a slot once, though the tick is delivered twice, in one batch and later', async () => {
      const worker = dispatcher([HOURLY]);
      const execution = randomUUID();
      await tick('hourly', hour(0), execution);
      await tick('hourly', hour(0), execution);
      await worker.dispatch(QUEUE, await receive());
      await tick('hourly', hour(0), execution);
      await worker.dispatch(QUEUE, await receive());
      // somebody starts the schedule's target by hand: another execution, the same time
      await tick('hourly', hour(0));
      await worker.dispatch(QUEUE, await receive());
      expect([await taken(), handled, await receive()]).toEqual([[hour(0)], 4, []]);
    });

    it('take it once when two workers are at it', async () => {
      await tick('hourly', hour(0));
      await tick('hourly', hour(0));
      const batches = (await receive()).map((message) => [message]);
      await Promise.all(batches.map((batch) => dispatcher([HOURLY]).dispatch(QUEUE, batch)));
      expect([await taken(), batches.length]).toEqual([[hour(0)], 2]);
    });

    it('take what a late tick says, and what was missed before it', async () => {
      await services.sql(
        "insert into loopin.schedule_slots (schedule, slot, taken_at) values ('hourly', $1, $1)",
        [hour(3)],
      );
      await tick('hourly', hour(2));
      await dispatcher([HOURLY]).dispatch(QUEUE, await receive());
      const rows = await services.sql<{ slot: Date }>('select slot from loopin.schedule_slots order by slot');
      expect(rows.map(({ slot }) => slot.toISOString())).toEqual([3, 2, 1, 0].map(hour));
    });

    it('refuse a name that is not on the list: the message stays in the queue, with the reason', async () => {
      await tick('unheard-of', hour(0));
      await dispatcher([HOURLY]).dispatch(QUEUE, await receive());
      expect([await taken(), await receive()]).toEqual([[], []]);
      const [row] = await services.sql('select state, last_error from loopin.inbox');
      expect(row).toEqual({ state: 'running', last_error: 'SafeError: there is no schedule unheard-of' });
    });
  });

  it('take each slot once, however many workers tick at the same moment', async () => {
    await services.sql(
      "insert into loopin.schedule_slots (schedule, slot, taken_at) values ('hourly', $1, $1)",
      [hour(24)],
    );
    await Promise.all(range(8).map(() => slotTaking().take(HOURLY)));
    const rows = await services.sql<{ slot: Date }>('select slot from loopin.schedule_slots order by slot');
    expect(rows.map(({ slot }) => slot.toISOString())).toEqual(range(25).map((index) => hour(24 - index)));
    const jobs = await services.sql<{ slot: string }>(
      "select payload ->> 'slot' as slot from loopin.jobs order by slot",
    );
    expect(jobs.map(({ slot }) => slot)).toEqual(range(24).map((index) => hour(23 - index)));
  });
});
