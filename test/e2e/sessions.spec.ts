import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import type { Phone, Session } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;

describe('sessions', () => {
  let stack: TestStack;
  let phone: Phone;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  beforeEach(async () => {
    phone = await stack.phone().signUp();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];

  describe('sign-in', () => {
    it('opens a session of its own for each phone', async () => {
      const second = phone.sibling();
      expectStatus(await second.login(), 200);
      expect(second.session.sessionId).not.toBe(phone.session.sessionId);
      expect(second.session.user).toEqual(phone.session.user);
      expect((await phone.me()).status).toBe(200);
    });

    it('says the same for a wrong password and an unknown address', async () => {
      const { password } = phone;
      phone.password = 'Wrong-password-1';
      const wrong = await phone.login();
      const unknown = await stack.phone({ password }).login();
      expect(refusal(wrong)).toEqual([401, 'invalid_credentials']);
      expect({ ...unknown.json<Problem>(), requestId: '' }).toEqual({
        ...wrong.json<Problem>(),
        requestId: '',
      });
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
    });
  });

  describe('refresh', () => {
    it('rotates: each token is exchanged for another', async () => {
      const used = phone.session.refreshToken;
      expectStatus(await phone.refresh(), 200);
      expect(phone.session.refreshToken).not.toBe(used);
      expect((await phone.me()).status).toBe(200);
    });

    it('gives six that ask at once the same successor', async () => {
      const { refreshToken } = phone.session;
      const answers = await Promise.all(range(6).map(() => phone.refresh(refreshToken)));
      const successors = answers.map((answer) => expectStatus(answer, 200).json<Session>().refreshToken);
      expect(new Set(successors).size).toBe(1);
      expect((await phone.refresh(successors[0])).status).toBe(200);
    });

    it('gives a phone that lost the answer the same successor, even one that was used', async () => {
      const { refreshToken } = phone.session;
      expectStatus(await phone.refresh(refreshToken), 200);
      const successor = phone.session.refreshToken;
      expectStatus(await phone.refresh(successor), 200);
      stack.moveClock(20_000);
      expect(expectStatus(await phone.refresh(refreshToken), 200).json<Session>().refreshToken).toBe(
        successor,
      );
    });

    it('five times between 2 s and 30 s; the sixth ends the family', async () => {
      const { refreshToken } = phone.session;
      expectStatus(await phone.refresh(refreshToken), 200);
      stack.moveClock(10_000);
      for (const _ of range(5)) expectStatus(await phone.refresh(refreshToken), 200);
      expect(refusal(await phone.refresh(refreshToken))).toEqual([401, 'refresh_reused']);
      expect(refusal(await phone.refresh())).toEqual([401, 'refresh_reused']);
      expect((await phone.me()).status).toBe(401);
    });

    it('never after 30 s: the family ends, and its owner is told', async () => {
      const { refreshToken } = phone.session;
      expectStatus(await phone.refresh(refreshToken), 200);
      stack.moveClock(31_000);
      expect(refusal(await phone.refresh(refreshToken))).toEqual([401, 'refresh_reused']);
      expect(refusal(await phone.refresh())).toEqual([401, 'refresh_reused']);
      expect(await stack.mailbox.waitForMails(phone.email, 2)).toHaveLength(2);
    });

    it('never for a used token on another device', async () => {
      const { refreshToken } = phone.session;
      expectStatus(await phone.refresh(refreshToken), 200);
      expect(refusal(await phone.refresh(refreshToken, randomUUID()))).toEqual([401, 'refresh_reused']);
      expect((await phone.me()).status).toBe(401);
    });

    it('is refused for a token nobody gave', async () => {
      expect(refusal(await phone.refresh('nobody-gave-this'))).toEqual([401, 'refresh_invalid']);
    });

    it('is refused from another device, and the session lives', async () => {
      const { refreshToken } = phone.session;
      expect(refusal(await phone.refresh(refreshToken, randomUUID()))).toEqual([401, 'device_mismatch']);
      expect((await phone.refresh(refreshToken)).status).toBe(200);
    });

    it('is refused after seven days', async () => {
      stack.moveClock(6.9 * DAY_MS);
      expect((await phone.refresh()).status).toBe(200);
      stack.moveClock(14 * DAY_MS);
      expect(refusal(await phone.refresh())).toEqual([401, 'refresh_expired']);
    });

    it('ends after ninety days however often it slid', async () => {
      for (let day = 6; day < 90; day += 6) {
        stack.moveClock(day * DAY_MS);
        expectStatus(await phone.refresh(), 200);
      }
      stack.moveClock(90.1 * DAY_MS);
      expect(refusal(await phone.refresh())).toEqual([401, 'refresh_expired']);
    });

    it('is refused after a logout', async () => {
      expectStatus(await phone.logout(), 204);
      expect(refusal(await phone.refresh())).toEqual([401, 'session_revoked']);
    });
  });

  describe('access token', () => {
    it('ends with the logout, and so does no other one of the person', async () => {
      const second = phone.sibling();
      expectStatus(await second.login(), 200);
      expectStatus(await phone.logout(), 204);
      expect(refusal(await phone.me())).toEqual([401, 'unauthenticated']);
      expect((await second.me()).status).toBe(200);
    });

    it('is good for fifteen minutes', async () => {
      stack.moveClock(14.5 * 60_000);
      expect((await phone.me()).status).toBe(200);
      stack.moveClock(15.5 * 60_000);
      expect(refusal(await phone.me())).toEqual([401, 'unauthenticated']);
      expectStatus(await phone.refresh(), 200);
      expect((await phone.me()).status).toBe(200);
    });

    it('says who it is', async () => {
      expect((await phone.me()).json()).toEqual({
        id: phone.session.user.id,
        email: phone.email,
        emailVerified: true,
        displayName: null,
        roles: ['user'],
        mfaEnabled: false,
      });
    });
  });

  it('has no key of a server in the place of a person', async () => {
    const { apiKey } = await stack.operator();
    expect((await stack.api.get('/v1/me', { 'x-api-key': apiKey })).status).toBe(403);
    const both = await stack.api.get('/v1/me', { ...phone.authorization, 'x-api-key': apiKey });
    expect(both.status).toBe(401);
  });

  it('lets nobody send push who is no admin with a second factor', async () => {
    const body = { audience: { users: [randomUUID()] }, content: { title: 'x' } };
    const headers = { ...phone.authorization, 'idempotency-key': randomUUID() };
    expect(refusal(await phone.api.post('/v1/push/notifications', body, headers))).toEqual([
      403,
      'forbidden',
    ]);
    await stack.cli('admin', 'create', '--email', phone.email);
    expectStatus(await phone.login(), 200);
    expect(phone.session.user.roles).toContain('admin');
    const asAdmin = { ...phone.authorization, 'idempotency-key': randomUUID() };
    expect(refusal(await phone.api.post('/v1/push/notifications', body, asAdmin))).toEqual([
      403,
      'forbidden',
    ]);
  });

  it('a revoked API key ends within 30 s', async () => {
    const created = await stack.cli<{ id: string; key: string }>(
      ...['apikey', 'create', '--name', 'short', '--scopes', 'push:read'],
    );
    const read = () => stack.api.get(`/v1/push/notifications/${randomUUID()}`, { 'x-api-key': created.key });
    expect((await read()).status).toBe(404);
    await stack.cli('apikey', 'revoke', created.id);
    stack.moveClock(31_000);
    expect((await read()).status).toBe(401);
  });

  it('a key that may read only may not send', async () => {
    const reader = await stack.operator('push:read');
    const answer = await reader.create({ audience: { users: [randomUUID()] }, content: { title: 'x' } });
    expect(refusal(answer)).toEqual([403, 'forbidden']);
  });
});
