import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { type DeadLetterId, newId } from '../../src/shared/ids';
import { range } from '../support/concurrently';
import { DeadLetterBed, QUEUE } from '../support/dead-letters';
import { Services } from '../support/services';

jest.setTimeout(120_000);

interface Row extends Record<string, unknown> {
  readonly id: DeadLetterId;
  readonly state: string;
}

describe('many dead letters', () => {
  let services: Services;
  let bed: DeadLetterBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  afterAll(() => services.stop());

  const rows = () => services.sql<Row>('select id, state from loopin.dead_letters order by died_at, id');
  const start = (kind: 'redrive' | 'discard', scope: object, rate?: number) => {
    const id = newId<'DeadLetterAction'>();
    return bed.actions.start('operator', { id, kind, scope, rate, reason: 'a test' });
  };

  const COUNT = 60;
  let ids: DeadLetterId[];

  beforeEach(async () => {
    await services.sql('truncate loopin.dead_letters, loopin.dead_letter_actions, loopin.outbox cascade');
    bed = new DeadLetterBed(services);
    const messages = range(COUNT).map((index) =>
      bed.envelope({ type: index % 3 === 0 ? 'test.rare' : 'test.work' }),
    );
    ids = messages.map(({ id }) => id as DeadLetterId);
    const dead = messages.map(({ body }) => ({
      queueMessageId: randomUUID(),
      receiptHandle: '',
      body,
      groupId: undefined,
      receives: 6,
      sentAt: undefined,
    }));
    await bed.burials.bury(QUEUE, dead);
    bed.clock.forward(1);
  });

  it('are listed by what they are, newest first, page by page', async () => {
    const page = async (filter: object) => {
      const found: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const query = { limit: 7, state: 'waiting' as const, ...filter };
        const { data, nextCursor } = await bed.letters.list({ ...query, cursor: decoded(cursor) });
        found.push(...data.map(({ id }) => id));
        if (nextCursor === null) return found;
        cursor = nextCursor;
      }
    };
    expect(await page({})).toEqual((await rows()).map(({ id }) => id).reverse());
    expect(await page({ type: 'test.rare' })).toHaveLength(COUNT / 3);
    expect(await page({ queue: 'webhook-events' })).toEqual([]);
    expect(await page({ reasonCode: 'unrecorded', queue: QUEUE })).toHaveLength(COUNT);
    expect(await page({ reasonCode: 'failed' })).toEqual([]);
    expect(await page({ since: bed.clock.now() })).toEqual([]);
  });

  it('move at their rate, as many as a dry run counted, and not what died meanwhile', async () => {
    bed.clock.stop();
    const scope = { type: 'test.work' };
    const counted = await bed.actions.count(scope);
    expect(counted).toBe(40);
    expect(await start('redrive', scope, 20)).toBe(counted);
    const moved = async () => (await rows()).filter(({ state }) => state === 'redriven').length;
    expect(await moved()).toBe(10);
    expect(await bed.actions.continue()).toBe(false);
    bed.clock.forward(0.5);
    expect([await bed.actions.continue(), await bed.actions.continue(), await moved()]).toEqual([
      true,
      false,
      20,
    ]);
    const late = bed.envelope();
    await bed.burials.bury(QUEUE, [
      {
        queueMessageId: 'late',
        receiptHandle: '',
        body: late.body,
        groupId: undefined,
        receives: 6,
        sentAt: undefined,
      },
    ]);
    for (const _ of range(10)) {
      bed.clock.forward(0.5);
      await bed.actions.continue();
    }
    expect(await moved()).toBe(counted);
    expect(
      await services.sql(
        'select counted, moved, finished_at is not null as over from loopin.dead_letter_actions',
      ),
    ).toEqual([{ counted, moved: counted, over: true }]);
    expect((await services.sql('select id from loopin.outbox')).length).toBe(counted);
    expect(
      await services.sql("select action, details -> 'count' as count from loopin.audit_events"),
    ).toContainEqual({
      action: 'dead_letters.redriven',
      count: counted,
    });
  });

  it('are moved once by two who ask for the same, and by many workers', async () => {
    await Promise.all([start('redrive', { all: true }, 1_000), start('redrive', { all: true }, 1_000)]);
    bed.clock.forward(5);
    await Promise.all(range(4).map(() => bed.actions.continue()));
    const [{ moved } = { moved: 0 }] = await services.sql<{ moved: number }>(
      'select sum(moved)::int as moved from loopin.dead_letter_actions',
    );
    expect([moved, (await services.sql('select id from loopin.outbox')).length]).toEqual([COUNT, COUNT]);
  });

  const spoil = (id: string | undefined) =>
    services.sql<{ body: Buffer }>(
      `update loopin.dead_letters d set body_sealed = $2 from loopin.dead_letters o
       where d.id = $1 and o.id = d.id returning o.body_sealed as body`,
      [id, randomBytes(64)],
    );
  const actions = () =>
    services.sql(
      'select kind, counted, moved, failures, failure, finished_at is not null as over from loopin.dead_letter_actions order by requested_at',
    );

  it('of which some can’t be opened any more: these are told apart, and the others go', async () => {
    const lost = [ids[0], ids[1], ids[COUNT - 1]];
    const [kept] = await spoil(lost[0]);
    for (const id of lost.slice(1)) await spoil(id);
    expect(await start('redrive', {}, 10)).toBe(COUNT);
    for (const _ of range(40)) {
      bed.clock.forward(0.5);
      await bed.actions.continue();
    }
    expect(await actions()).toEqual([
      { kind: 'redrive', counted: COUNT, moved: COUNT - 3, failures: 0, failure: null, over: true },
    ]);
    expect(await services.sql('select id from loopin.outbox')).toHaveLength(COUNT - 3);
    const query = { limit: 20, state: 'waiting' as const, cursor: undefined };
    const { data } = await bed.letters.list(query);
    expect(data.map(({ id }) => id).sort()).toEqual([...lost].sort());
    for (const { reasonCode, reason } of data) {
      expect([reasonCode, reason]).toEqual(['unopenable', expect.stringContaining('no data key opens')]);
    }
    const shown = await bed.letters.inspect(lost[0] as DeadLetterId);
    expect([shown.envelope, shown.history[0]?.reasonCode]).toEqual([null, 'unrecorded']);

    // the key is back: it can be tried again
    await services.sql('update loopin.dead_letters set body_sealed = $2 where id = $1', [
      lost[0],
      kept?.body,
    ]);
    expect(await start('redrive', { reasonCode: 'unopenable' })).toBe(3);
    bed.clock.forward(1);
    expect([await bed.actions.continue(), await bed.actions.continue()]).toEqual([true, false]);
    expect((await actions()).at(-1)).toMatchObject({ counted: 3, moved: 1, over: true });
    expect(await start('discard', { reasonCode: 'unopenable' })).toBe(2);
    expect((await actions()).at(-1)).toMatchObject({ counted: 2, moved: 2, over: true });
  });

  it('an action that fails holds up no other, and is given up after ten failures', async () => {
    await start('redrive', { type: 'test.rare' }, 1);
    // whatever it may be that this one meets and others don't
    await services.sql(`
      create function public.refuse_rare() returns trigger language plpgsql as $$
      begin
        if new.body like '%test.rare%' then raise exception 'refused: %', new.body; end if;
        return new;
      end
      $$;
      create trigger refuse_rare before insert or update on loopin.outbox for each row
        execute function public.refuse_rare()`);
    bed.clock.forward(5);
    await start('redrive', { type: 'test.work' }, 10);
    bed.clock.forward(1);
    const turn = () => bed.actions.continue().catch(() => 'failed');
    expect([await turn(), await turn()]).toEqual(['failed', true]);
    expect(await actions()).toMatchObject([
      { moved: 1, failures: 1, over: false },
      { moved: 10, failures: 0, over: false },
    ]);
    for (const _ of range(200)) {
      bed.clock.forward(5);
      await turn();
    }
    expect(await actions()).toMatchObject([
      { moved: 1, failures: 10, failure: 'DatabaseError: P0001', over: true },
      { moved: 40, failure: null, over: true },
    ]);
    await services.sql('drop function public.refuse_rare cascade');
  });

  it('discarded are not sent, and can still be looked at', async () => {
    expect(await start('discard', { ids: ids.slice(0, 5) })).toBe(5);
    expect(await services.sql('select id from loopin.outbox')).toEqual([]);
    expect((await rows()).filter(({ state }) => state === 'discarded')).toHaveLength(5);
    expect(await bed.actions.count({})).toBe(COUNT - 5);
    expect((await bed.letters.inspect(ids[0] as DeadLetterId)).state).toBe('discarded');
  });
});

const decoded = (cursor: string | undefined) =>
  cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString();
