import { type Answer, expectStatus } from '../support/api';
import { range } from '../support/concurrently';
import { changePassword, codeOf, goodPassword, refusal } from '../support/passwords';
import type { Phone } from '../support/phone';
import { beginTotp, claims, enrolTotp, mfaTokenOf, removeTotp, stepUp } from '../support/second-factor';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const MINUTE_MS = 60_000;
const STALE_MS = 11 * MINUTE_MS;

describe('a proof that has to be fresh', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const seconds = (offsetMs: number) => Math.floor((Date.now() + offsetMs) / 1000);
  const keys = (phone: Phone) => phone.api.get('/v1/api-keys', phone.authorization);
  const createKey = (phone: Phone) =>
    phone.api.post('/v1/api-keys', { name: 'x', scopes: ['push:send'] }, phone.authorization);
  const expectStale = (answer: Answer) => {
    expect(refusal(answer)).toEqual([403, 'step_up_required']);
    expect(answer.json()).toMatchObject({ maxAgeSeconds: 600 });
  };

  it('is ten minutes old at most; the password makes it fresh, and refreshes keep it so', async () => {
    const phone = await stack.phone().signUp();
    stack.moveClock(9 * MINUTE_MS);
    expectStatus(await beginTotp(phone), 200);
    stack.moveClock(STALE_MS);
    expectStale(await beginTotp(phone));
    expectStatus(await phone.refresh(), 200);
    expectStale(await beginTotp(phone));

    const stepped = expectStatus(await stepUp(phone, { password: phone.password }), 200);
    expect(Object.keys(stepped.json<object>()).sort()).toEqual(['accessToken', 'expiresIn', 'tokenType']);
    const { auth_time, amr, aal } = claims(phone);
    expect(Math.abs(Number(auth_time) - seconds(STALE_MS))).toBeLessThan(30);
    expect({ aal, amr }).toEqual({ aal: 'aal1', amr: ['otp', 'pwd'] });
    expectStatus(await beginTotp(phone), 200);
    expectStatus(await phone.refresh(), 200);
    expect(claims(phone)).toMatchObject({ auth_time, amr, aal });
    expectStatus(await beginTotp(phone), 200);
  });

  it('by a wrong password is none, and counts for the lock of sign-ins', async () => {
    const phone = await stack.phone().signUp();
    for (const _ of range(5)) {
      expect(refusal(await stepUp(phone, { password: goodPassword() }))).toEqual([
        401,
        'invalid_credentials',
      ]);
    }
    expect(refusal(await stepUp(phone, { password: phone.password }))).toEqual([429, 'account_locked']);
    expect(refusal(await phone.login())).toEqual([429, 'account_locked']);
    expect((await phone.me()).status).toBe(200);
  });

  it('is kept with the session: when the answer is lost, a refresh brings it', async () => {
    const phone = await stack.phone().signUp();
    const { app } = await enrolTotp(stack, phone);
    stack.moveClock(STALE_MS);
    expectStale(await removeTotp(phone));
    const lost = { code: app.code(STALE_MS) };
    expectStatus(await phone.api.post('/v1/auth/step-up', lost, phone.authorization), 200);
    expectStale(await removeTotp(phone));
    expectStatus(await phone.refresh(), 200);
    expectStatus(await removeTotp(phone), 204);
  });

  it('is either a code or a password', async () => {
    const phone = await stack.phone().signUp();
    const send = (body: object) => phone.api.post('/v1/auth/step-up', body, phone.authorization);
    expect(codeOf(await send({}))).toBe('validation_failed');
    expect(codeOf(await send({ code: '123456', password: phone.password }))).toBe('validation_failed');
    expect(refusal(await send({ code: '123456' }))).toEqual([401, 'invalid_code']);
    expect((await stack.api.post('/v1/auth/step-up', { password: phone.password })).status).toBe(401);
  });

  it('of the second factor comes by a code alone: a password is none', async () => {
    const phone = await stack.phone().signUp();
    const { app, recoveryCodes } = await enrolTotp(stack, phone);
    const enrolledAt = claims(phone).aal2_at;
    stack.moveClock(STALE_MS);
    expectStale(await removeTotp(phone));
    expectStatus(await stepUp(phone, { password: phone.password }), 200);
    expect(claims(phone)).toMatchObject({ aal: 'aal2', aal2_at: enrolledAt });
    expectStale(await removeTotp(phone));

    expect(refusal(await stepUp(phone, { code: app.wrong(STALE_MS) }))).toEqual([401, 'invalid_code']);
    const code = app.code(STALE_MS);
    expectStatus(await stepUp(phone, { code }), 200);
    expect(Number(claims(phone).aal2_at)).toBeGreaterThan(Number(enrolledAt) + 600);
    expect(codeOf(await stepUp(phone, { code }))).toBe('invalid_code');
    expectStatus(await stepUp(phone, { code: recoveryCodes[0] ?? '' }), 200);
    expect(codeOf(await stepUp(phone, { code: recoveryCodes[0] ?? '' }))).toBe('invalid_code');
    expectStatus(await removeTotp(phone), 204);
  });

  it('by one code is given once, however often it is sent at the same time', async () => {
    const phone = await stack.phone().signUp();
    const { app } = await enrolTotp(stack, phone);
    const code = app.code();
    const answers = await Promise.all(range(6).map(() => stepUp(phone, { code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('raises a session that was opened before the second factor was added', async () => {
    const phone = await stack.phone().signUp();
    const older = phone.sibling();
    expectStatus(await older.login(), 200);
    const { app } = await enrolTotp(stack, phone);
    expectStale(await removeTotp(older));
    expectStatus(await stepUp(older, { code: app.code() }), 200);
    expect(claims(older)).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
    expectStatus(await removeTotp(older), 204);
  });

  it('is the current password itself where the password is changed', async () => {
    const phone = await stack.phone().signUp();
    stack.moveClock(60 * MINUTE_MS);
    expectStatus(await phone.refresh(), 200);
    expectStatus(await changePassword(phone, goodPassword()), 204);
  });

  it('is given on a session that still stands only', async () => {
    const phone = await stack.phone().signUp();
    expectStatus(await phone.logout(), 204);
    expect(refusal(await stepUp(phone, { password: phone.password }))).toEqual([401, 'unauthenticated']);
  });

  describe('of an administrator', () => {
    /** An address that an operator made an administrator: the mailed code, then a password by reset. */
    const invited = async () => {
      const phone = stack.phone();
      await stack.cli('admin', 'create', '--email', phone.email);
      expectStatus(await phone.verify(await stack.mailbox.codeFor(phone.email)), 200);
      return phone;
    };

    it('without a second factor: the ways to one, and out; nothing else', async () => {
      const phone = await invited();
      expect(phone.session.user.roles.toSorted()).toEqual(['admin', 'user']);
      const { authorization } = phone;
      for (const path of ['/v1/me', '/v1/devices', '/v1/auth/sessions', '/v1/api-keys'])
        expect(refusal(await phone.api.get(path, authorization))).toEqual([403, 'forbidden']);
      expect(refusal(await phone.putDevice())).toEqual([403, 'forbidden']);
      expect(refusal(await changePassword(phone, goodPassword()))).toEqual([403, 'forbidden']);
      expectStatus(await phone.refresh(), 200);
      expect((await phone.logout()).status).toBe(204);
    });

    it('with one: everything at once, and writes for ten minutes after a code', async () => {
      const phone = await invited();
      const { app } = await enrolTotp(stack, phone);
      expectStatus(await phone.me(), 200);
      expectStatus(await keys(phone), 200);
      expectStatus(await createKey(phone), 200);

      stack.moveClock(STALE_MS);
      expectStatus(await phone.me(), 200);
      expectStale(await keys(phone));
      expectStale(await createKey(phone));
      expectStatus(await stepUp(phone, { code: app.code(STALE_MS) }), 200);
      expectStatus(await createKey(phone), 200);
      expectStatus(await keys(phone), 200);
    });

    it('is nothing any more once it is removed', async () => {
      const phone = await invited();
      await enrolTotp(stack, phone);
      expectStatus(await removeTotp(phone), 204);
      expectStatus(await phone.refresh(), 200);
      expect(refusal(await createKey(phone))).toEqual([403, 'forbidden']);
      expect(refusal(await phone.me())).toEqual([403, 'forbidden']);
      await enrolTotp(stack, phone);
      expectStatus(await createKey(phone), 200);
    });

    it('who signs in by password alone is asked for the second factor', async () => {
      const phone = await stack.phone().signUp();
      const { app } = await enrolTotp(stack, phone);
      await stack.cli('admin', 'create', '--email', phone.email);
      const other = phone.sibling();
      expectStatus(await other.loginMfa(mfaTokenOf(await other.login()), app.code()), 200);
      expectStatus(await createKey(other), 200);
    });
  });
});
