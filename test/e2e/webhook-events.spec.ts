import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expectStatus, type Problem } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';
import { SENDERS, type Sender } from '../support/webhook-senders';

jest.setTimeout(120_000);

interface EventView {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly state: string;
  readonly providerEventId: string;
  readonly receivedAt: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

describe('webhook events', () => {
  let stack: TestStack;
  let developer: Persona;
  let admin: Persona;

  beforeAll(async () => {
    stack = await TestStack.start();
    const tokens = new TestTokens(stack);
    developer = await tokens.persona({ roles: ['user', 'developer'] });
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
  });
  afterAll(() => stack.stop());

  async function receive(name: string, body?: string, type?: string): Promise<string> {
    const sender = SENDERS[name] as Sender;
    const secret = stack.local.env[`${name.toUpperCase()}_WEBHOOK_SECRET`] ?? '';
    const posted = await sender.send({ secret, body: body ?? sender.sample(), ...(type && { type }) });
    const answer = await stack.api.request('POST', `/v1/webhooks/${name}`, {
      headers: posted.headers,
      rawBody: posted.body,
    });
    return expectStatus(answer, 202).json<{ id: string }>().id;
  }

  const list = async (query: string) =>
    expectStatus(await stack.api.get(`/v1/webhook-events?${query}`, developer.authorization), 200).json<{
      data: EventView[];
      nextCursor: string | null;
    }>();

  const inspect = async (id: string) =>
    expectStatus(await stack.api.get(`/v1/webhook-events/${id}`, developer.authorization), 200).json<
      EventView & { payload: Record<string, unknown> }
    >();

  const settled = (id: string, state: string) =>
    waitFor(
      `event ${id}`,
      async () => {
        const event = await inspect(id);
        if (event.state !== state) throw new Error(JSON.stringify(event));
        return event;
      },
      20_000,
    );

  const rowOf = async (id: string) => {
    const [row] = await stack.sql<{ processed_at: Date | null; message_id: string; state: string }>(
      'select processed_at, message_id, state from loopin.webhook_events where id = $1',
      [id],
    );
    return row;
  };

  it('are listed newest first, by source, type, state and time, page by page', async () => {
    const ids: string[] = [];
    for (const _ of range(5)) ids.push(await receive('razorpay'));
    const other = await receive('github');
    const pages: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(`source=razorpay&limit=2${cursor && `&cursor=${cursor}`}`);
      pages.push(...page.data.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(ids.toReversed());
    expect((await list('type=push')).data.map(({ id }) => id)).toEqual([other]);
    await settled(other, 'ignored');
    expect((await list('source=github&state=ignored')).data.map(({ id }) => id)).toEqual([other]);
    expect((await list('state=failed')).data).toEqual([]);
    const [third] = await stack.sql<{ at: Date }>(
      'select received_at as at from loopin.webhook_events where id = $1',
      [ids[2]],
    );
    const at = third?.at.toISOString();
    expect((await list(`source=razorpay&since=${at}`)).data.map(({ id }) => id)).toEqual(
      ids.slice(2).toReversed(),
    );
    expect((await list(`source=razorpay&until=${at}`)).data.map(({ id }) => id)).toEqual(
      ids.slice(0, 2).toReversed(),
    );
  });

  it.each(['source=nobody', 'state=done', 'since=yesterday', 'order=asc', 'type=a%00b'])(
    'are not listed by %s',
    async (query) => {
      const answer = await stack.api.get(`/v1/webhook-events?${query}`, developer.authorization);
      expect([answer.status, answer.json<Problem>().code]).toEqual([422, 'validation_failed']);
    },
  );

  it('show the outline of their payload, and nothing of anybody', async () => {
    const secrets = ['482913', 'jenny@example.com', '+15550100', 'tok_secret'];
    const [otp, email, phone, token] = secrets;
    const body = {
      user: { id: 'u-1', email, phone, confirmed: true },
      sms: { otp },
      data: [{ token, [email ?? '']: 1 }],
    };
    const id = await receive('supabase', JSON.stringify(body));
    const event = await settled(id, 'ignored');
    expect(event).toMatchObject({
      source: 'supabase',
      type: 'send-sms',
      payload: {
        user: { id: 'u-1', email: '[hidden]', phone: '[hidden]', confirmed: true },
        sms: { otp: '[hidden]' },
        data: [{ token: '[hidden]', '[hidden name 2]': '[hidden]' }],
      },
    });
    for (const reader of [developer, admin]) {
      const { text } = await stack.api.get(`/v1/webhook-events/${id}`, reader.authorization);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });

  it('that their handler can not use fail with the reason, and say nothing of what was in them', async () => {
    const secret = 'not-a-subscription-of-ours';
    const event = { event: { id: randomUUID(), kind: 'message.push.received', subscription_id: secret } };
    const id = await receive('onesignal', JSON.stringify(event));
    const seen = await waitFor(
      'a failed try',
      async () => {
        const view = await inspect(id);
        return view.attempts > 0 ? view : undefined;
      },
      20_000,
    );
    expect(seen).toMatchObject({ state: 'received', attempts: 1 });
    expect(seen.lastError).toContain('event.subscription_id');
    expect(seen.lastError).not.toContain(secret);
  });

  it('are replayed one by one, with a note of who did it', async () => {
    const id = await receive('github');
    await settled(id, 'ignored');
    const before = await rowOf(id);
    const answer = await stack.api.post(`/v1/webhook-events/${id}/replay`, undefined, admin.authorization);
    expect(expectStatus(answer, 202).json()).toEqual({ count: 1 });
    const after = await waitFor(
      'the replay',
      async () => {
        const row = await rowOf(id);
        return row?.state === 'ignored' && row.message_id !== before?.message_id ? row : undefined;
      },
      20_000,
    );
    expect(after.processed_at?.getTime()).toBeGreaterThan(before?.processed_at?.getTime() ?? Infinity);
    const notes = await stack.sql('select actor, action from loopin.audit_events where target = $1', [
      `webhook_event:${id}`,
    ]);
    expect(notes).toEqual([{ actor: `user:${admin.userId}`, action: 'webhook_event.replayed' }]);
  });

  it('that are not there can not be replayed', async () => {
    const answer = await stack.api.post(
      `/v1/webhook-events/${randomUUID()}/replay`,
      undefined,
      admin.authorization,
    );
    expect(answer.status).toBe(404);
  });

  it('are replayed by range, each once, by a job that goes on where its worker was killed', async () => {
    const [{ since } = { since: '' }] = await stack.sql<{ since: string }>(
      'select to_char(clock_timestamp() at time zone \'utc\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') as since',
    );
    const type = 'replay.test';
    const total = 1_200;
    await concurrently(range(total), 20, () =>
      receive('standard', JSON.stringify({ type, data: { id: randomUUID() } })),
    );
    const ignored = async (after: Date) => {
      const [row] = await stack.sql<{ count: number }>(
        "select count(*)::int as count from loopin.webhook_events where type = $1 and state = 'ignored' and processed_at > $2",
        [type, after],
      );
      return row?.count;
    };
    await waitFor('all to be settled', async () => (await ignored(new Date(0))) === total, 60_000);
    const replay = (body: object) => stack.api.post('/v1/webhook-events/replay', body, admin.authorization);
    const dry = expectStatus(await replay({ type, since, dryRun: true }), 202).json<{ count: number }>();
    expect(dry.count).toBe(total);
    expect(expectStatus(await replay({ type, source: 'github', since, dryRun: true }), 202).json()).toEqual({
      count: 0,
    });
    expect(await stack.sql('select 1 from loopin.webhook_replays')).toEqual([]);

    const begin = new Date();
    const release = await lockEvent(type, 700);
    const asked = expectStatus(await replay({ type, since }), 202).json<{ count: number; jobId: string }>();
    expect(asked.count).toBe(total);
    await waitFor('the first batch', async () => (await jobOf(asked.jobId)).progress.done === 500, 30_000);
    await stack.killWorker();
    await release();
    // nobody waits for the lease of a worker that is dead
    stack.moveClock(60_000);
    await waitFor('its end', async () => (await jobOf(asked.jobId)).status === 'done', 60_000);
    await waitFor('all to be settled again', async () => (await ignored(begin)) === total, 60_000);
    stack.moveClock(0);
    expect(await jobOf(asked.jobId)).toMatchObject({ attempts: 2, progress: { done: total, total } });
    const given = await stack.sql(
      `select count(*)::int as messages, count(distinct e.id)::int as events
       from loopin.outbox o
       join loopin.webhook_events e on e.id::text = o.body::jsonb -> 'payload' ->> 'eventId'
       where o.group_id = 'webhook-replay' and e.type = $1`,
      [type],
    );
    expect(given).toEqual([{ messages: total, events: total }]);
    const notes = await stack.sql(
      "select details from loopin.audit_events where action = 'webhook_events.replayed'",
    );
    expect(notes).toEqual([{ details: expect.objectContaining({ type, count: total }) }]);
  });

  interface JobView {
    readonly status: string;
    readonly attempts: number;
    readonly progress: { readonly done: number; readonly total: number };
  }
  const jobOf = async (id: string) =>
    expectStatus(await stack.api.get(`/v1/admin/jobs/${id}`, developer.authorization), 200).json<JobView>();

  /** Whoever comes to that event waits until the returned function is called. */
  async function lockEvent(type: string, index: number): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: stack.local.env.LOCAL_POSTGRES_URL });
    await client.connect();
    await client.query('begin');
    await client.query(
      `select id from loopin.webhook_events
       where id = (select id from loopin.webhook_events where type = $1 order by received_at, id limit 1 offset $2)
       for update`,
      [type, index],
    );
    return () => client.end();
  }

  it('are at the operators’ hands as well', async () => {
    const id = await receive('github', undefined, 'issues');
    await settled(id, 'ignored');
    const listed = await stack.cli<{ data: EventView[] }>('webhooks', 'list', '--type', 'issues');
    expect(listed.data.map((event) => event.id)).toEqual([id]);
    const shown = await stack.cli<EventView & { payload: object }>('webhooks', 'show', id);
    expect(shown).toMatchObject({ id, payload: { ref: 'refs/heads/main', pusher: { email: '[hidden]' } } });
    const ofType = ['--type', 'issues', '--since', '2026-01-01T00:00:00Z'];
    expect(await stack.cli('webhooks', 'replay', ...ofType, '--dry-run')).toEqual({ count: 1, dryRun: true });
    const { jobId, ...replayed } = await stack.cli<{ jobId: string }>('webhooks', 'replay', ...ofType);
    expect(replayed).toEqual({ count: 1, dryRun: false });
    await waitFor('its end', async () => (await jobOf(jobId)).status === 'done', 20_000);
    const [first, ...others] = (
      await stack.cli<{ data: object[] }>('jobs', 'list', '--name', 'webhooks.replay')
    ).data;
    expect([first, others.length]).toEqual([expect.objectContaining({ id: jobId, status: 'done' }), 1]);
    expect(await stack.cli('webhooks', 'replay', id)).toEqual({ count: 1, dryRun: false });
    await expect(stack.cli('webhooks', 'replay')).rejects.toThrow('--since');
    await settled(id, 'ignored');
  });
});
