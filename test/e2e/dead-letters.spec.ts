import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expectStatus, type Problem } from '../support/api';
import { addDeadEvents, countSettlements } from '../support/dead-events';
import { scaled } from '../support/scale';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(300_000);

const BASE = '/v1/admin/dead-letters';
const MANY = scaled(1_000, 10_000);

interface Letter {
  readonly id: string;
  readonly type: string | null;
  readonly state: string;
  readonly reasonCode: string;
  readonly deaths: number;
}

interface Started {
  readonly id: string | null;
  readonly count: number;
  readonly dryRun: boolean;
}

describe('dead letters, for operators', () => {
  let stack: TestStack;
  let sqs: SQSClient;
  let developer: Persona;
  let admin: Persona;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'warn' } });
    const { env } = stack.local;
    sqs = new SQSClient({
      endpoint: env.SQS_ENDPOINT ?? '',
      region: env.AWS_REGION ?? '',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const tokens = new TestTokens(stack);
    developer = await tokens.persona({ roles: ['user', 'developer'] });
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
  });
  afterAll(async () => {
    sqs.destroy();
    await stack.stop();
  });

  const giveUp = (body: string) =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: `${stack.local.env.SQS_JOBS_QUEUE_URL}-dlq`, MessageBody: body }),
    );

  const list = async (query = '') =>
    expectStatus(await stack.api.get(`${BASE}?${query}`, developer.authorization), 200).json<{
      data: Letter[];
    }>().data;

  const post = (action: 'redrive' | 'discard', body: object) =>
    stack.api.post(`${BASE}/${action}`, body, admin.authorization);

  const started = async (action: 'redrive' | 'discard', body: object) =>
    expectStatus(await post(action, body), 200).json<Started>();

  it('come out of their queue by themselves, and show nothing personal', async () => {
    const id = randomUUID();
    const correlationId = randomUUID();
    const payload = { mailId: randomUUID(), to: 'jenny@example.com', 'jenny@example.com': 1 };
    const occurredAt = new Date().toISOString();
    await giveUp(
      JSON.stringify({ id, type: 'mail.unheard-of', version: 1, correlationId, occurredAt, payload }),
    );
    await giveUp('jenny@example.com');
    const letters = await waitFor(
      'both',
      async () => ((await list()).length === 2 ? list() : undefined),
      60_000,
    );
    const unreadable = letters.find(({ reasonCode }) => reasonCode === 'unreadable');
    expect(await list('type=mail.unheard-of&queue=background-jobs&since=2026-01-01T00:00:00Z')).toMatchObject(
      [{ id, state: 'waiting', deaths: 1 }],
    );
    expect(await list('reasonCode=unreadable')).toMatchObject([{ id: unreadable?.id, type: null }]);
    const answers = await Promise.all(
      [id, unreadable?.id].map((one) => stack.api.get(`${BASE}/${one}`, developer.authorization)),
    );
    const [readable, sealed] = answers.map((answer) => expectStatus(answer, 200).json<object>());
    expect(readable).toMatchObject({
      correlationId,
      envelope: { id, payload: { mailId: payload.mailId, to: '[hidden]', '[hidden name 3]': 1 } },
    });
    expect(sealed).toMatchObject({
      envelope: null,
      body: { bytes: 17, sha256: expect.stringMatching(/^[\da-f]{64}$/) },
    });
    for (const { text } of answers) expect(text).not.toContain('jenny');
  });

  it.each([
    ['redrive', {}, 'ids'],
    ['redrive', { all: true, ids: [randomUUID()] }, 'ids'],
    ['redrive', { ids: [randomUUID()], type: 'x' }, 'ids'],
    ['redrive', { all: true, rate: 0 }, 'rate'],
    ['discard', { all: true }, 'reason'],
    ['discard', { all: true, reason: 'ask jenny@example.com' }, 'reason'],
  ] as const)('%s of %j is refused', async (action, body, path) => {
    const problem = expectStatus(await post(action, body), 422).json<Problem>();
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });

  it('are discarded with a reason and a note of who did it', async () => {
    const filter = { all: true, reasonCode: 'unreadable' };
    expect(await started('discard', { ...filter, dryRun: true })).toEqual({
      id: null,
      count: 1,
      dryRun: true,
    });
    const { id, count } = await started('discard', { ...filter, reason: 'sent by hand' });
    expect(count).toBe(1);
    expect(await list('reasonCode=unreadable')).toEqual([]);
    expect(await list('reasonCode=unreadable&state=discarded')).toHaveLength(1);
    expect(
      await stack.sql('select actor, action, details from loopin.audit_events where target = $1', [
        `dead_letter_action:${id}`,
      ]),
    ).toEqual([
      {
        actor: `user:${admin.userId}`,
        action: 'dead_letters.discarded',
        details: { reasonCode: 'unreadable', count: 1, reason: 'sent by hand' },
      },
    ]);
  });

  it('are at the operators’ hands as well', async () => {
    const { data } = await stack.cli<{ data: Letter[] }>('dlq', 'list', '--type', 'mail.unheard-of');
    const id = data[0]?.id ?? '';
    expect(await stack.cli('dlq', 'show', id)).toMatchObject({
      id,
      envelope: { payload: { to: '[hidden]' } },
    });
    expect(await stack.cli('dlq', 'redrive', '--all', '--dry-run')).toEqual({ count: 1, dryRun: true });
    for (const scope of [[], [id, '--all']])
      await expect(stack.cli('dlq', 'redrive', ...scope)).rejects.toThrow('give ids, or --all');
    await expect(stack.cli('dlq', 'show', randomUUID())).rejects.toThrow('there is nothing of that');
    await expect(stack.cli('dlq', 'discard', id)).rejects.toThrow('--reason: say why');
    await expect(stack.cli('webhooks', 'replay')).rejects.toThrow('--since: is missing');
    expect(await stack.cli('dlq', 'discard', id, '--reason', 'a test')).toMatchObject({ count: 1, moved: 1 });
    const queues = await waitFor(
      'a look at the queues',
      async () => {
        const look = await stack.cli<{
          data: { queue: string; depth: number | null; deadLetters: number }[];
        }>('queues');
        return look.data.every(({ depth }) => depth !== null) ? look.data : undefined;
      },
      30_000,
    );
    expect(queues.map(({ queue, deadLetters }) => [queue, deadLetters])).toEqual([
      ['push-notifications', 0],
      ['webhook-events', 0],
      ['background-jobs', 0],
    ]);
    const seen = expectStatus(await stack.api.get('/v1/admin/queues', developer.authorization), 200);
    expect(seen.json<{ data: object[] }>().data[0]).toMatchObject({
      depth: 0,
      undrained: 0,
      oldestUnfinishedSeconds: null,
    });
  });

  it(`${MANY} are redriven while their worker is killed: as many as were counted, none lost, none twice`, async () => {
    const settlements = await countSettlements(stack);
    const ids = await addDeadEvents(stack, MANY);
    const scope = { all: true, queue: 'webhook-events' };
    const dry = await started('redrive', { ...scope, dryRun: true });
    expect(dry.count).toBe(MANY);
    const { id, count } = await started('redrive', { ...scope, rate: MANY / 10 });
    expect(count).toBe(dry.count);
    const progress = async () =>
      expectStatus(await stack.api.get(`${BASE}/actions/${id}`, developer.authorization), 200).json<{
        moved: number;
        finishedAt: string | null;
      }>();
    for (const part of [0.2, 0.5]) {
      await waitFor('some of them', async () => (await progress()).moved >= part * MANY, 60_000);
      await stack.killWorker();
    }
    const { moved } = await waitFor(
      'the end of the redrive',
      async () => {
        const now = await progress();
        return now.finishedAt === null ? undefined : now;
      },
      120_000,
    );
    expect(moved).toBe(count);
    await waitFor('all to be handled', async () => (await settlements()).events === MANY, 120_000);
    expect(await settlements()).toEqual({ times: MANY, events: MANY });
    const left = () =>
      stack.sql<{ redriven: number; sent: number; done: number }>(
        `select count(*) filter (where d.state = 'redriven')::int as redriven, count(o.id)::int as sent,
                count(i.message_id) filter (where i.state = 'done')::int as done
         from loopin.dead_letters d
         left join loopin.outbox o using (id)
         left join loopin.inbox i on i.message_id = d.id
         where d.id = any($1)`,
        [ids],
      );
    await waitFor('all to be written down as done', async () => (await left())[0]?.done === MANY, 60_000);
    expect(await left()).toEqual([{ redriven: MANY, sent: MANY, done: MANY }]);
    expect(await started('redrive', { ...scope, dryRun: true })).toMatchObject({ count: 0 });
  });
});
