import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type DeadLetterActionId, type DeadLetterId, newId } from '../../src/shared/ids';
import { SafeError } from '../../src/shared/safe-error';
import { DeadLetterBed, QUEUE, Work } from '../support/dead-letters';
import { Services } from '../support/services';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

interface Row extends Record<string, unknown> {
  readonly id: DeadLetterId;
  readonly state: string;
  readonly reason_code: string;
  readonly attempts: number;
  readonly deaths: number;
}

describe('dead letters', () => {
  let services: Services;
  let bed: DeadLetterBed;
  let tries: number[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  beforeEach(async () => {
    await services.sql(
      'truncate loopin.dead_letters, loopin.dead_letter_actions, loopin.outbox, loopin.inbox cascade',
    );
    bed = new DeadLetterBed(services);
    tries = [];
    bed.handlers.on(Work, async (_, { attempt }) => {
      tries.push(attempt);
      throw new SafeError('the printer is on fire');
    });
  });
  afterAll(() => services.stop());

  const rows = () =>
    services.sql<Row>(
      'select id, state, reason_code, attempts, deaths from loopin.dead_letters order by died_at, id',
    );
  const start = (kind: 'redrive' | 'discard', scope: object, rate?: number) => {
    const id = newId<'DeadLetterAction'>() as DeadLetterActionId;
    return bed.actions.start('operator', { id, kind, scope, rate, reason: 'a test' });
  };

  it('come out of the queues with what is known of their tries', async () => {
    const kinds = {
      failed: bed.envelope(),
      unknown_type: bed.envelope({ type: 'test.unheard-of' }),
      unknown_version: bed.envelope({ version: 2 }),
      invalid_payload: bed.envelope({ payload: { workId: 'jenny@example.com' } }),
      unreadable: { id: randomUUID(), body: 'no JSON: jenny@example.com' },
    };
    const messages = Object.values(kinds);
    const begin = bed.clock.now();
    await bed.send(...messages);
    let handled = 0;
    while (handled < 5 * messages.length) {
      const received = await bed.receive();
      await bed.handle(received);
      await bed.hurry(received);
      handled += received.length;
    }
    await waitFor(
      'the queue to give them up',
      async () => {
        // it moves what was received too often when somebody asks
        if ((await bed.receive()).length > 0) throw new Error('it did not');
        await bed.drain.drain();
        return (await rows()).length === messages.length;
      },
      60_000,
    );
    for (const [code, { id }] of Object.entries(kinds)) {
      const row = (await rows()).find(({ reason_code }) => reason_code === code);
      expect(row).toMatchObject({
        state: 'waiting',
        deaths: 1,
        ...(code !== 'unreadable' && { id, attempts: 5 }),
      });
      const shown = JSON.stringify(await bed.letters.inspect(row?.id as DeadLetterId));
      expect(shown).not.toContain('jenny');
    }
    const { id, body } = kinds.failed;
    const letter = await bed.letters.inspect(id as DeadLetterId);
    expect(letter).toMatchObject({
      queue: QUEUE,
      type: 'test.work',
      correlationId: JSON.parse(body).correlationId,
      reason: 'SafeError: the printer is on fire',
      history: [{ reasonCode: 'failed', attempts: 5 }],
    });
    expect(letter.envelope).toEqual(JSON.parse(body));
    expect(letter.firstFailedAt.getTime()).toBeGreaterThanOrEqual(begin.getTime());
    expect(letter.lastFailedAt.getTime()).toBeGreaterThan(letter.firstFailedAt.getTime());
    expect((await bed.queue.depth(QUEUE)).dead).toBe(0);
  });

  it('tell of a message whose tries never came to an end', async () => {
    const { id, body } = bed.envelope();
    // what killed processes leave behind
    await services.sql(
      `insert into loopin.inbox (message_id, state, attempts, leased_until, updated_at)
       values ($1, 'running', 5, $2, $2)`,
      [id, bed.clock.now()],
    );
    await bed.exhaust(body, false);
    await bed.drain.drain();
    expect(await rows()).toEqual([
      { id, state: 'waiting', reason_code: 'never_ended', attempts: 5, deaths: 1 },
    ]);
  });

  it('keep no other waiting, whatever numbers they hold', async () => {
    const { id, body } = bed.envelope();
    await bed.exhaust(bed.envelope({ version: 2 ** 40 }).body, false);
    await bed.exhaust(body, false);
    await bed.drain.drain();
    expect((await rows()).map(({ reason_code }) => reason_code).sort()).toEqual(['unreadable', 'unrecorded']);
    expect((await rows()).map((row) => row.id)).toContain(id);
  });

  it('keep what nobody can read under seal, and know it when it comes back', async () => {
    const secret = 'not JSON: jenny@example.com';
    await bed.exhaust(secret);
    await bed.drain.drain();
    const [row] = await rows();
    const letter = await bed.letters.inspect(row?.id as DeadLetterId);
    expect(letter).toMatchObject({ envelope: null, type: null, bodyBytes: secret.length, deaths: 1 });
    const stored = await services.sql('select to_jsonb(d)::text as row from loopin.dead_letters d');
    for (const text of [JSON.stringify(letter), JSON.stringify(stored)]) expect(text).not.toContain('jenny');

    expect(await start('redrive', { ids: [row?.id] })).toBe(1);
    expect(await services.sql('select id, body from loopin.outbox')).toEqual([{ id: row?.id, body: secret }]);
    await bed.exhaust(secret);
    await bed.drain.drain();
    expect(await rows()).toMatchObject([{ id: row?.id, state: 'waiting', deaths: 2 }]);
  });

  it('are written once by a drain that is cut off before it removes them', async () => {
    const { id, body } = bed.envelope();
    await bed.exhaust(body);
    const [dead] = await bed.queue.receive(QUEUE);
    if (dead === undefined) throw new Error('there is no dead letter');
    await bed.burials.bury(QUEUE, [dead]);
    // even when somebody redrives it before it comes again
    expect(await start('redrive', { all: true })).toBe(1);
    await bed.hurry([{ ReceiptHandle: dead.receiptHandle }], bed.deadUrl);
    await waitFor(
      'the rest of it to be removed',
      async () => {
        await bed.drain.drain();
        return (await bed.queue.depth(QUEUE)).dead === 0;
      },
      20_000,
    );
    expect(await rows()).toMatchObject([{ id, state: 'redriven', deaths: 1 }]);
    expect(await services.sql('select id from loopin.outbox')).toEqual([{ id }]);
  });

  it('redriven run as if for the first time, and come back with their history', async () => {
    const { id, body } = bed.envelope();
    await bed.exhaust(body);
    await bed.drain.drain();
    await start('redrive', { ids: [id] });
    expect(await bed.publish()).toEqual([id]);
    const [sent] = await bed.receive();
    expect(sent?.Body).toBe(body);
    tries = [];
    await bed.exhaust(body);
    expect(tries).toEqual([1, 2, 3, 4, 5]);
    await bed.drain.drain();
    expect(await rows()).toEqual([{ id, state: 'waiting', reason_code: 'failed', attempts: 10, deaths: 2 }]);
    expect((await bed.letters.inspect(id as DeadLetterId)).history).toHaveLength(2);
  });

  it('are not made of a message that another copy of it has done', async () => {
    const { id, body } = bed.envelope();
    await bed.exhaust(body);
    await services.sql("update loopin.inbox set state = 'done' where message_id = $1", [id]);
    await bed.drain.drain();
    expect([await rows(), (await bed.queue.depth(QUEUE)).dead]).toEqual([[], 0]);
  });

  it('are counted beside what the queues hold, by whoever may not ask them', async () => {
    expect((await bed.overview.look())[2]).toMatchObject({
      queue: QUEUE,
      depth: null,
      deadLetters: 0,
      seenAt: null,
    });
    bed.clock.stop();
    const [waiting, dead] = [bed.envelope(), bed.envelope()];
    await bed.exhaust(dead.body);
    await bed.send(waiting);
    const at = bed.clock.now();
    await services.sql(
      `insert into loopin.outbox (id, queue, body, created_at, claimable_at, published_at)
       values ($1, $2, $3, $4, $4, $4)`,
      [waiting.id, QUEUE, waiting.body, at],
    );
    bed.clock.forward(90);
    await bed.snapshots.take();
    expect((await bed.overview.look())[2]).toMatchObject({
      depth: 1,
      undrained: 1,
      oldestUnfinishedSeconds: 90,
      deadLetters: 0,
    });
    await bed.drain.drain();
    await bed.receive();
    await services.sql(
      "insert into loopin.inbox (message_id, state, attempts, leased_until, updated_at) values ($1, 'done', 1, $2, $2)",
      [waiting.id, at],
    );
    bed.clock.forward(5);
    await bed.snapshots.take();
    expect((await bed.overview.look())[2]).toMatchObject({
      depth: 0,
      undrained: 0,
      oldestUnfinishedSeconds: null,
      deadLetters: 1,
    });
  });
});
