import { randomBytes, randomUUID } from 'node:crypto';
import { type Answer, expectStatus } from './api';
import { issuersOf, joinBy } from './oidc';
import { Operator } from './operator';
import { enrolTotp, mfaTokenOf } from './second-factor';
import type { SentItem } from './sentry-sink';
import type { TestStack } from './test-stack';
import { waitFor } from './wait-for';

const BOUND_MS = 30_000;

/** Recognisable wherever it turns up. */
const canary = (kind: string) => `canary${kind}${randomBytes(6).toString('hex')}`;

/** Lives through a day of the backend's, with words in every input that must turn up nowhere else. */
export class Canaries {
  /** Must be found nowhere but where it belongs. */
  readonly secrets: Record<string, string> = {};
  /** Lies in tables, but leaves them for nobody but its owner and the provider. */
  readonly personal: Record<string, string> = {};
  /** What callers were told who did something wrong. */
  readonly problems: string[] = [];

  constructor(private readonly stack: TestStack) {}

  /** What people and servers do on a good day. */
  async live(): Promise<void> {
    const email = `${canary('mail')}@example.com`;
    const phone = this.stack.phone({ email, password: `Aa1!${canary('password')}` });
    const displayName = canary('name');
    expectStatus(
      await this.stack.api.post('/v1/auth/register', { email, password: phone.password, displayName }),
      202,
    );
    const code = await this.stack.mailbox.codeFor(email);
    expectStatus(await phone.verify(code), 200);
    const { accessToken, refreshToken } = phone.session;
    expectStatus(await phone.putDevice({ model: canary('model') }), 201);
    expectStatus(await phone.refresh(), 200);
    expectStatus(await phone.login(), 200);

    const nonce = canary('nonce');
    const visitor = this.stack.phone({ email: `${canary('visitor')}@example.com` });
    const minted = await joinBy(visitor, issuersOf(this.stack).apple, { nonce, subject: canary('subject') });

    const { app, recoveryCodes } = await enrolTotp(this.stack, phone);
    const mfaToken = mfaTokenOf(await phone.login());
    expectStatus(await phone.loginMfa(mfaToken, recoveryCodes[0] ?? ''), 200);
    expectStatus(await phone.api.post('/v1/auth/login/mfa', { mfaToken, code: recoveryCodes[1] }), 401);

    const operator = await this.stack.operator();
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
    Object.assign(this.secrets, {
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
      webhookSecret: this.stack.local.env.ONESIGNAL_WEBHOOK_SECRET,
      providerKey: this.stack.local.env.ONESIGNAL_API_KEY,
      databasePassword: new URL(this.stack.local.env.DATABASE_URL ?? '').password,
      dataKey: this.stack.local.env.DATA_KEYS?.slice(2),
    });
    Object.assign(this.personal, {
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
  async goWrong(): Promise<void> {
    const { email = '', title = '' } = this.personal;
    const wrong = canary('wrongpassword');
    const device = { deviceId: randomUUID(), platform: 'ios', appVersion: '1.0.0' };
    this.secrets.wrongPassword = wrong;
    const { api } = this.stack;
    await this.refused(401, api.post('/v1/auth/login', { email, password: wrong, device }));
    await this.refused(422, api.post('/v1/auth/login', { email, password: wrong, device: email }));
    const rawBody = `{"email":"${email}","password":"${wrong}"`;
    const headers = { 'content-type': 'application/json' };
    await this.refused(400, api.request('POST', '/v1/auth/login', { headers, rawBody }));
    await this.refused(404, api.get(`/v1/users/${email}?password=${wrong}`));
    await this.refused(401, api.get(`/v1/me?email=${email}`, { authorization: `Bearer ${wrong}` }));
    await this.refused(401, api.get('/v1/me', { cookie: `session=${wrong}`, 'user-agent': email }));
    await this.refused(
      401,
      api.get('/v1/me', { baggage: `user=${email}`, 'sentry-trace': wrong, traceparent: title }),
    );
    await this.breakTheDatabase();
    const webhook = { event: { id: randomUUID(), kind: 'message.push.received', subscription_id: email } };
    const secret = { 'x-onesignal-webhook-secret': this.stack.local.env.ONESIGNAL_WEBHOOK_SECRET ?? '' };
    expectStatus(await this.stack.api.post('/v1/webhooks/onesignal', webhook, secret), 202);
    await this.stack.logLine('worker', (line) => line.message === 'message failed');
    for (const mode of ['web', 'worker'])
      await waitFor(`a report of ${mode}`, async () => (await this.errorsOf(mode)).length > 0, BOUND_MS);
  }

  private async refused(status: number, answering: Promise<Answer>): Promise<void> {
    this.problems.push(expectStatus(await answering, status).text);
  }

  private async errorsOf(mode: string): Promise<SentItem[]> {
    const items = await this.stack.sentry.items();
    return items.filter(({ type, event }) => type === 'event' && event.tags?.mode === mode);
  }

  /** The driver's error quotes the whole row that was refused. */
  private async breakTheDatabase(): Promise<void> {
    const email = `${canary('broken')}@example.com`;
    const password = `Aa1!${canary('lost')}`;
    Object.assign(this.personal, { refusedEmail: email });
    Object.assign(this.secrets, { refusedPassword: password });
    await this.stack.sql('alter table loopin.registrations add constraint broken check (false) not valid');
    const baggage = `sentry-release=${email},sentry-sampled=true`;
    const headers = { 'sentry-trace': `${'a'.repeat(32)}-${'b'.repeat(16)}-1`, baggage };
    await this.refused(500, this.stack.api.post('/v1/auth/register', { email, password }, headers));
    await this.stack.sql('alter table loopin.registrations drop constraint broken');
  }
}
