import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;

describe('Idempotency-Key', () => {
  let stack: TestStack;
  let phone: Phone;
  let operator: Operator;

  beforeAll(async () => {
    stack = await TestStack.start();
    phone = await stack.phone().install();
    operator = await stack.operator();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const key = () => ({ 'idempotency-key': randomUUID() });
  const replayed = (answer: Answer) => answer.headers.get('idempotency-replayed') === 'true';

  it('posted 20 times at once makes one notification, one provider call and 20 equal answers', async () => {
    const title = randomUUID();
    const headers = key();
    const answers = await Promise.all(
      range(20).map(() => operator.create(Operator.notification(phone.deviceId, { title }), headers)),
    );
    expect(answers.map(({ status }) => status)).toEqual(range(20).map(() => 202));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(replayed)).toHaveLength(19);

    const { id } = (answers[0] as Answer).json<{ id: string }>();
    await operator.waitUntil(id, ({ counts }) => counts.delivered === 1);
    const stored = await stack.sql('select from loopin.push_notifications where content ->> $1 = $2', [
      'title',
      title,
    ]);
    expect(stored).toHaveLength(1);
    const deliveries = (await stack.sandbox.deliveries(phone.subscriptionId)).filter(
      (one) => one.title === title,
    );
    expect(deliveries).toHaveLength(1);
    const calls = await stack.sandbox.calls();
    expect(calls.filter((call) => call.idempotencyKey === deliveries[0]?.idempotencyKey)).toHaveLength(1);
  });

  it('gives the first answer again for a day', async () => {
    const headers = key();
    const body = Operator.notification(phone.deviceId);
    const first = expectStatus(await operator.create(body, headers), 202);
    stack.moveClock(23.9 * HOUR_MS);
    const again = expectStatus(await operator.create(body, headers), 202);
    expect([again.text, replayed(again)]).toEqual([first.text, true]);
    stack.moveClock(24.1 * HOUR_MS);
    const later = expectStatus(await operator.create(body, headers), 202);
    expect([later.text === first.text, replayed(later)]).toEqual([false, false]);
  });

  it('of another request is refused', async () => {
    const headers = key();
    expectStatus(await operator.create(Operator.notification(phone.deviceId), headers), 202);
    const other = await operator.create(
      Operator.notification(phone.deviceId, { title: 'something else' }),
      headers,
    );
    expect(refusal(other)).toEqual([422, 'idempotency_key_reused']);
  });

  it('of somebody else is another key', async () => {
    const headers = key();
    const body = Operator.notification(phone.deviceId);
    const first = expectStatus(await operator.create(body, headers), 202);
    const stranger = await stack.operator();
    const second = expectStatus(await stranger.create(body, headers), 202);
    expect([second.text === first.text, replayed(second)]).toEqual([false, false]);
  });

  it('is free again after an answer that is not kept', async () => {
    const headers = key();
    expectStatus(await operator.create({ audience: {}, content: {} }, headers), 422);
    const mended = expectStatus(await operator.create(Operator.notification(phone.deviceId), headers), 202);
    expect(replayed(mended)).toBe(false);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['with a space', 'two words'],
    ['not ASCII', 'schl\u00fcssel'],
  ])('that is %s is refused', async (_, value) => {
    const headers = {
      'x-api-key': operator.apiKey,
      ...(value !== undefined && { 'idempotency-key': value }),
    };
    const answer = await stack.api.post(
      '/v1/push/notifications',
      Operator.notification(phone.deviceId),
      headers,
    );
    expect(refusal(answer)).toEqual([400, 'idempotency_key_required']);
  });

  it('of 255 characters is taken', async () => {
    const answer = await operator.create(Operator.notification(phone.deviceId), {
      'idempotency-key': '~'.repeat(255),
    });
    expect(answer.status).toBe(202);
  });

  it('keeps nothing readable', async () => {
    const headers = key();
    const created = await operator.create(Operator.notification(phone.deviceId), headers);
    const { id } = expectStatus(created, 202).json<{ id: string }>();
    const rows = await stack.sql<{ row: string }>(
      "select encode(key_hash, 'escape') || encode(body, 'escape') as row from loopin.idempotency_keys where resource_id = $1",
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(headers['idempotency-key']);
    expect(rows[0]?.row).not.toContain('queued');
  });

  it('is ignored, and nothing stored, where it has no meaning', async () => {
    const [before] = await stack.sql<{ count: string }>('select count(*) from loopin.idempotency_keys');
    const headers = key();
    const body = { email: phone.email };
    expectStatus(await stack.api.post('/v1/auth/verify-email/resend', body, headers), 202);
    const again = expectStatus(await stack.api.post('/v1/auth/verify-email/resend', body, headers), 202);
    expect(replayed(again)).toBe(false);
    const [after] = await stack.sql<{ count: string }>('select count(*) from loopin.idempotency_keys');
    expect(after).toEqual(before);
  });
});
