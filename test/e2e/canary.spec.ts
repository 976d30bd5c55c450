import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expectStatus } from '../support/api';
import { linesOf } from '../support/logs';
import { issuersOf, joinBy } from '../support/oidc';
import { Operator } from '../support/operator';
import { enrolTotp, mfaTokenOf } from '../support/second-factor';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

/** Recognisable wherever it turns up. */
const canary = (kind: string) => `canary${kind}${randomBytes(6).toString('hex')}`;

describe('what is secret or personal', () => {
  let stack: TestStack;
  /** Must be found nowhere but where it belongs. */
  const secrets: Record<string, string> = {};
  /** Lies in tables, but leaves them for nobody but its owner and the provider. */
  const personal: Record<string, string> = {};

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'debug' } });
    await live();
    await goWrong();
  });
  afterAll(() => stack.stop());

  async function live(): Promise<void> {
    const email = `${canary('mail')}@example.com`;
    const phone = stack.phone({ email, password: `Aa1!${canary('password')}` });
    const displayName = canary('name');
    expectStatus(
      await stack.api.post('/v1/auth/register', { email, password: phone.password, displayName }),
      202,
    );
    const code = await stack.mailbox.codeFor(email);
    expectStatus(await phone.verify(code), 200);
    const { accessToken, refreshToken } = phone.session;
    expectStatus(await phone.putDevice({ model: canary('model') }), 201);
    expectStatus(await phone.refresh(), 200);
    expectStatus(await phone.login(), 200);

    const nonce = canary('nonce');
    const visitor = stack.phone({ email: `${canary('visitor')}@example.com` });
    const minted = await joinBy(visitor, issuersOf(stack).apple, { nonce, subject: canary('subject') });

    const { app, recoveryCodes } = await enrolTotp(stack, phone);
    const mfaToken = mfaTokenOf(await phone.login());
    expectStatus(await phone.loginMfa(mfaToken, recoveryCodes[0] ?? ''), 200);
    expectStatus(await phone.api.post('/v1/auth/login/mfa', { mfaToken, code: recoveryCodes[1] }), 401);

    const operator = await stack.operator();
    const title = canary('title');
    const body = canary('body');
    const data = { order: canary('data') };
    const idempotencyKey = canary('key');
    const created = await operator.create(Operator.notification(phone.deviceId, { title, body, data }), {
      'idempotency-key': idempotencyKey,
    });
    await operator.waitUntil(
      expectStatus(created, 202).json<{ id: string }>().id,
      ({ counts }) => counts.delivered === 1,
    );
    Object.assign(secrets, {
      password: phone.password,
      accessToken,
      refreshToken,
      deviceToken: phone.deviceToken,
      totpSecret: app.secret,
      mfaToken,
      usedRecoveryCode: recoveryCodes[0],
      recoveryCode: recoveryCodes[1],
      apiKey: operator.apiKey.split('_')[2],
      idempotencyKey,
      nonce,
      idToken: minted.idToken,
      authorizationCode: minted.authorizationCode,
      webhookSecret: stack.local.env.ONESIGNAL_WEBHOOK_SECRET,
      providerKey: stack.local.env.ONESIGNAL_API_KEY,
      databasePassword: new URL(stack.local.env.DATABASE_URL ?? '').password,
      dataKey: stack.local.env.DATA_KEYS?.slice(2),
    });
    Object.assign(personal, {
      email,
      visitor: visitor.email,
      displayName,
      title,
      body,
      data: data.order,
      subscriptionId: phone.subscriptionId,
      code,
    });
  }

  /** Everything that could tempt somebody to log what was sent. */
  async function goWrong(): Promise<void> {
    const { email = '', title = '' } = personal;
    const wrong = canary('wrongpassword');
    const device = { deviceId: randomUUID(), platform: 'ios', appVersion: '1.0.0' };
    secrets.wrongPassword = wrong;
    expectStatus(await stack.api.post('/v1/auth/login', { email, password: wrong, device }), 401);
    expectStatus(await stack.api.post('/v1/auth/login', { email, [title]: wrong, device: email }), 422);
    const rawBody = `{"email":"${email}","password":"${wrong}"`;
    const headers = { 'content-type': 'application/json' };
    expectStatus(await stack.api.request('POST', '/v1/auth/login', { headers, rawBody }), 400);
    expectStatus(await stack.api.get(`/v1/users/${email}?password=${wrong}`), 404);
    expectStatus(await stack.api.get(`/v1/me?email=${email}`, { authorization: `Bearer ${wrong}` }), 401);
    expectStatus(await stack.api.get('/v1/me', { cookie: `session=${wrong}`, 'user-agent': email }), 401);
    const webhook = { event: { id: randomUUID(), kind: 'message.push.received', subscription_id: email } };
    const secret = { 'x-onesignal-webhook-secret': stack.local.env.ONESIGNAL_WEBHOOK_SECRET ?? '' };
    expectStatus(await stack.api.post('/v1/webhooks/onesignal', webhook, secret), 202);
    await stack.logLine('worker', (line) => line.message === 'message failed');
  }

  const planted = () => ({ ...secrets, ...personal });

  /** The names of what is found in a text. */
  const found = (text: string, values: Record<string, string>) =>
    Object.entries(values)
      .filter(([, value]) => text.toLowerCase().includes(value.toLowerCase()))
      .map(([name]) => name);

  it('was planted', () => {
    for (const [name, value] of Object.entries(planted())) {
      expect([name, value?.length]).toEqual([name, expect.any(Number)]);
      expect(value.length).toBeGreaterThanOrEqual(6);
    }
  });

  it.each(['web', 'worker'] as const)('is in no log line of %s, and each line is JSON', (mode) => {
    const lines = linesOf(mode, stack.local.logs());
    expect(lines.length).toBeGreaterThan(5);
    expect(() => stack.logs(mode)).not.toThrow();
    const { code = '', ...others } = planted();
    expect(found(lines.join('\n'), others)).toEqual([]);
    // six digits may stand in a duration or an id: as a word of its own they may not
    expect(lines.filter((line) => new RegExp(`\\b${code}\\b`).test(line))).toEqual([]);
  });

  it('is in no message', async () => {
    const rows = await stack.sql<{ body: string }>('select body from loopin.outbox');
    expect(rows.length).toBeGreaterThan(3);
    const { code = '', ...others } = planted();
    expect(found(rows.map(({ body }) => body).join('\n'), others)).toEqual([]);
    expect(rows.filter(({ body }) => new RegExp(`\\b${code}\\b`).test(body))).toEqual([]);
  });

  it('is in nothing that the queues keep', () => {
    const folder = path.join(stack.local.state, 'sqs');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const text = files
      .map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1'))
      .join('\n');
    expect(text).toContain('push.deliver-chunk');
    const { code: _, ...others } = planted();
    expect(found(text, others)).toEqual([]);
  });

  it('is in no table, as far as it is secret', async () => {
    const tables = await stack.sql<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'loopin' and table_type = 'BASE TABLE'",
    );
    const { databasePassword: _, ...kept } = secrets;
    const asBytes = Object.entries(kept).map(([name, value]) => [
      `${name} as bytes`,
      Buffer.from(value).toString('hex'),
    ]);
    for (const { name } of tables) {
      const rows = await stack.sql<{ row: string }>(`select t::text as row from loopin.${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      expect([name, found(text, { ...kept, ...Object.fromEntries(asBytes) })]).toEqual([name, []]);
    }
  });

  it('leaves no mail behind that can be read', async () => {
    const rows = await stack.sql(
      'select from loopin.mails where sent_at is not null and content_sealed is not null',
    );
    expect(rows).toEqual([]);
  });
});
