import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import type { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';

jest.setTimeout(60_000);

interface Item {
  readonly id: string;
  readonly title: string | null;
  readonly body: string | null;
  readonly createdAt: string;
  readonly readAt: string | null;
}
interface Inbox {
  readonly data: Item[];
  readonly nextCursor: string | null;
  readonly unreadCount: number;
}

describe('an inbox', () => {
  let stack: TestStack;
  let tokens: TestTokens;
  let user: Persona;

  beforeAll(async () => {
    stack = await TestStack.shared();
    tokens = new TestTokens(stack);
  });
  beforeEach(async () => {
    user = await tokens.persona({ roles: ['user'] });
  });
  afterAll(() => stack.stop());

  const call = (method: string, path: string, body?: unknown, who = user) =>
    stack.api.request(method, path, {
      headers: { ...who.authorization },
      ...(body !== undefined && { body }),
    });
  const inbox = async (query = '', who = user) =>
    expectStatus(await call('GET', `/v1/inbox${query}`, undefined, who), 200).json<Inbox>();
  const read = (id: string, who = user) => call('POST', `/v1/inbox/${id}/read`, undefined, who);
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];

  /** Notifications in the user's inbox, a minute apart, the newest last. */
  async function filled(count: number, variant = ''): Promise<string[]> {
    const ids = range(count).map(() => randomUUID());
    await stack.sql(
      `with made as (
         insert into loopin.push_notifications
           (id, status, audience, content, localizations, options, category, created_by, created_at)
         select id, 'completed', '{}', jsonb_build_object('title', 'Item ' || n, 'body', 'words'),
                '{"pt": {"body": "palavras"}}', '{}', 'news', 'system', now() - interval '1 day'
         from unnest($1::uuid[]) with ordinality as ids (id, n)
       )
       insert into loopin.inbox_items (user_id, notification_id, variant, created_at)
       select $2, id, $3, date_trunc('milliseconds', now()) - interval '1 hour' + n * interval '1 minute'
       from unnest($1::uuid[]) with ordinality as ids (id, n)`,
      [ids, user.userId, variant],
    );
    return ids;
  }

  describe('is filled by notifications', () => {
    let operator: Operator;

    beforeAll(async () => {
      operator = await stack.operator();
    });

    it('in the words of the phone, whole', async () => {
      const content = {
        title: 'Order sent',
        body: 'It is on its way',
        data: { order: 7 },
        imageUrl: 'https://example.com/a.png',
        deepLink: 'app://orders/7',
      };
      const phone = await stack.phone().install();
      expectStatus(await phone.putDevice({ locale: 'pt-BR' }), 200);
      const id = await operator.send({
        audience: { users: [phone.session.user.id] },
        content,
        localizations: { pt: { title: 'Pedido enviado' }, de: { title: 'Versandt' } },
        category: 'orders',
      });
      await operator.waitUntil(id, ({ counts }) => counts.sent === 1);
      const feed = expectStatus(await phone.api.get('/v1/inbox', phone.authorization), 200);
      expect(feed.json()).toEqual({
        data: [
          {
            id,
            ...content,
            title: 'Pedido enviado',
            category: 'orders',
            createdAt: expect.stringMatching(/Z$/),
            readAt: null,
          },
        ],
        nextCursor: null,
        unreadCount: 1,
      });
    });

    it('but not by silent ones, nor by a dry run', async () => {
      const phone = await stack.phone().install();
      const audience = { users: [phone.session.user.id] };
      const silent = await operator.send({ audience, content: { silent: true, data: { sync: true } } });
      const dry = await operator.send({ audience, content: { title: 'Not sent' }, dryRun: true });
      for (const id of [silent, dry]) await operator.waitUntil(id, ({ status }) => status === 'completed');
      const feed = await phone.api.get('/v1/inbox', phone.authorization);
      expect(feed.json()).toEqual({ data: [], nextCursor: null, unreadCount: 0 });
    });
  });

  it('leads through everything, newest first, each item once', async () => {
    const ids = await filled(5);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await inbox(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(page.unreadCount).toBe(5);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  it('says what a locale says otherwise, and the rest as it is', async () => {
    await filled(1, 'pt');
    expect((await inbox()).data).toMatchObject([{ title: 'Item 1', body: 'palavras' }]);
  });

  it('is read one by one; reading twice changes nothing', async () => {
    const [first = '', second = ''] = await filled(2);
    expect(expectStatus(await read(first), 200).json()).toEqual({ unreadCount: 1 });
    const { data } = await inbox();
    expect(data.map(({ readAt }) => readAt)).toEqual([null, expect.stringMatching(/Z$/)]);
    expect(expectStatus(await read(first.toUpperCase()), 200).json()).toEqual({ unreadCount: 1 });
    expect((await inbox()).data).toEqual(data);
    expect(expectStatus(await read(second), 200).json()).toEqual({ unreadCount: 0 });
  });

  it('is read at once up to what was on the screen', async () => {
    const ids = await filled(4);
    const { data } = await inbox('?limit=2');
    const answer = await call('POST', '/v1/inbox/read-all', { until: data[1]?.createdAt });
    expect(expectStatus(answer, 200).json()).toEqual({ unreadCount: 1 });
    const unread = (await inbox()).data.filter(({ readAt }) => readAt === null);
    expect(unread.map(({ id }) => id)).toEqual([ids[3]]);
    expect(refusal(await call('POST', '/v1/inbox/read-all', { until: 'now' }))).toEqual([
      422,
      'validation_failed',
    ]);
  });

  it('is its owner’s alone', async () => {
    const [id = ''] = await filled(1);
    const other = await tokens.persona({ roles: ['user'] });
    expect(await inbox('', other)).toEqual({ data: [], nextCursor: null, unreadCount: 0 });
    expect(refusal(await read(id, other))).toEqual([404, 'not_found']);
    expect(refusal(await read(randomUUID()))).toEqual([404, 'not_found']);
    expect((await inbox()).unreadCount).toBe(1);
  });

  it.each(['IQ', Buffer.from(randomUUID()).toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      expect(refusal(await call('GET', `/v1/inbox?cursor=${cursor}`))).toEqual([422, 'validation_failed']);
    },
  );
});
