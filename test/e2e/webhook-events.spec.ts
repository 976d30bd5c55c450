import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
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

  interface JobView {
    readonly status: string;
    readonly attempts: number;
    readonly progress: { readonly done: number; readonly total: number };
  }
  const jobOf = async (id: string) =>
    expectStatus(await stack.api.get(`/v1/admin/jobs/${id}`, developer.authorization), 200).json<JobView>();

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
    const { data } = await stack.cli<{ data: object[] }>('jobs', 'list', '--name', 'webhooks.replay');
    expect(data).toEqual([expect.objectContaining({ id: jobId, status: 'done' })]);
    expect(await stack.cli('webhooks', 'replay', id)).toEqual({ count: 1, dryRun: false });
    await expect(stack.cli('webhooks', 'replay')).rejects.toThrow('--since');
    await settled(id, 'ignored');
  });
});
