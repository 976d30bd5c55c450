import { randomUUID } from 'node:crypto';
import { expectStatus } from '../support/api';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('X-Request-ID', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.shared();
  });
  afterAll(() => stack.stop());

  const echo = async (id: string, path = '/.well-known/jwks.json') =>
    (await stack.api.get(path, { 'x-request-id': id })).headers.get('x-request-id');

  it.each([randomUUID(), randomUUID().toUpperCase()])('%s is kept as it was sent', async (id) => {
    expect(await echo(id)).toBe(id);
    expect(await echo(id, '/v1/nothing')).toBe(id);
    expect(await echo(id, '/v1/me')).toBe(id);
    await stack.logLine('web', (line) => line.correlationId === id && line.status === 200);
    await stack.logLine('web', (line) => line.correlationId === id && line.status === 401);
  });

  it.each([
    '1',
    'x'.repeat(500),
    '018f6b1e-7a3c-7def-8000-000000000000',
    `${randomUUID()},${randomUUID()}`,
    '{"a":1}',
  ])('%s is replaced', async (id) => {
    const replaced = await echo(id);
    expect(replaced).toMatch(UUID_V4);
    expect(replaced).not.toBe(id);
    expect(stack.local.logs().join('\n')).not.toContain(`"${id}"`);
  });

  it('is made where none was sent, a new one each time', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await stack.api.get('/v1/me')).headers.get('x-request-id')),
    );
    expect(ids[0]).toMatch(UUID_V4);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('is in the message and in the mail that a request causes, with its traceparent', async () => {
    const id = randomUUID();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const phone = stack.phone();
    const body = { email: phone.email, password: phone.password };
    const headers = { 'x-request-id': id, traceparent };
    expectStatus(await stack.api.post('/v1/auth/register', body, headers), 202);
    await stack.mailbox.codeFor(phone.email);

    const rows = await stack.sql<{ body: string }>('select body from loopin.outbox where body like $1', [
      `%${id}%`,
    ]);
    expect(rows.map((row) => JSON.parse(row.body))).toMatchObject([
      { type: 'mail.send', correlationId: id, traceparent },
    ]);
    await stack.logLine('worker', (line) => line.correlationId === id && line.messageType === 'mail.send');
  });

  it('stands in every line that belongs to a request', () => {
    const lines = stack.logs('web').filter((line) => line.message === 'request');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.correlationId).toMatch(/^[0-9a-f-]{36}$/i);
  });
});
