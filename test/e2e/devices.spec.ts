import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;

interface Registered {
  readonly device: Record<string, unknown>;
  readonly deviceToken?: string;
}

describe('devices', () => {
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
  const registered = (answer: Answer) => answer.json<Registered>();
  /** A registration that presents this token instead of the phone's own. */
  const putWith = (token: string, changes = {}) => {
    phone.deviceToken = token;
    return phone.putDevice(changes);
  };

  it('answers what it knows, and no token of push', async () => {
    const answer = expectStatus(
      await phone.putDevice({ model: 'Pixel 9', locale: 'pt-BR', timezone: 'Europe/Lisbon' }),
      201,
    );
    expect(registered(answer).device).toEqual({
      deviceId: phone.deviceId,
      platform: 'ios',
      appVersion: '1.2.3',
      osVersion: null,
      model: 'Pixel 9',
      locale: 'pt-BR',
      timezone: 'Europe/Lisbon',
      push: { provider: 'onesignal' },
      createdAt: expect.stringMatching(/Z$/),
      lastSeenAt: expect.stringMatching(/Z$/),
      stale: false,
    });
    const read = await phone.api.get(`/v1/devices/${phone.deviceId.toUpperCase()}`, phone.authorization);
    expect(expectStatus(read, 200).json()).toEqual(registered(answer).device);
    expect(read.text).not.toContain(phone.subscriptionId);
  });

  it('are stale after 30 days without contact, in every view of them, until they are heard of again', async () => {
    expectStatus(await phone.putDevice(), 201);
    const silentFor = (interval: string) =>
      stack.sql(
        `update loopin.devices set last_seen_at = now() - interval '${interval}' where device_id = $1`,
        [phone.deviceId],
      );
    const views = async () => {
      const one = await phone.api.get(`/v1/devices/${phone.deviceId}`, phone.authorization);
      const list = await phone.api.get('/v1/devices', phone.authorization);
      const { data } = expectStatus(list, 200).json<{ data: { stale: boolean }[] }>();
      return [expectStatus(one, 200).json<{ stale: boolean }>(), ...data].map(({ stale }) => stale);
    };
    await silentFor('30 days - 1 hour');
    expect(await views()).toEqual([false, false]);
    await silentFor('30 days');
    expect(await views()).toEqual([true, true]);
    expect(registered(await phone.putDevice()).device.stale).toBe(false);
  });

  describe('device token', () => {
    it('comes with the first registration and is kept by the same app version', async () => {
      const first = registered(expectStatus(await phone.putDevice(), 201));
      expect(first.deviceToken).toMatch(/^[\w-]{43}$/);
      expect(registered(expectStatus(await phone.putDevice(), 200)).deviceToken).toBeUndefined();
    });

    it('comes anew when the answer with it was lost', async () => {
      const first = registered(expectStatus(await phone.putDevice(), 201)).deviceToken;
      phone.deviceToken = undefined;
      const second = registered(expectStatus(await phone.putDevice(), 200)).deviceToken;
      expect(second).toBeDefined();
      expect(second).not.toBe(first);
    });

    it('rotates with the app version; the old one is good for 24 h', async () => {
      const old = registered(expectStatus(await phone.putDevice(), 201)).deviceToken ?? '';
      const next =
        registered(expectStatus(await phone.putDevice({ appVersion: '2.0.0' }), 200)).deviceToken ?? '';
      expect(next).not.toBe(old);
      stack.moveClock(0.1 * HOUR_MS);
      // whoever presents the old one never got the next: it is given another
      const again =
        registered(expectStatus(await putWith(old, { appVersion: '2.0.0' }), 200)).deviceToken ?? '';
      expect([old, next]).not.toContain(again);
      stack.moveClock(25 * HOUR_MS);
      phone.deviceToken = undefined;
      expectStatus(await phone.refresh(), 200);
      expect(refusal(await putWith(old, { appVersion: '2.0.0' }))).toEqual([401, 'device_token_invalid']);
      expect((await putWith(again, { appVersion: '2.0.0' })).status).toBe(200);
    });

    it('rotates with each app version, also twice a day', async () => {
      expectStatus(await phone.putDevice(), 201);
      const second =
        registered(expectStatus(await phone.putDevice({ appVersion: '2.0.0' }), 200)).deviceToken ?? '';
      expectStatus(await phone.putDevice({ appVersion: '3.0.0' }), 200);
      expect((await putWith(second, { appVersion: '3.0.0' })).status).toBe(200);
    });

    it('that is wrong is refused on device calls and refresh', async () => {
      expectStatus(await phone.putDevice(), 201);
      phone.deviceToken = 'not-the-token-of-this-device';
      expect(refusal(await phone.putDevice())).toEqual([401, 'device_token_invalid']);
      expect(refusal(await phone.refresh())).toEqual([401, 'device_token_invalid']);
    });

    it('of another phone is refused', async () => {
      const other = await stack.phone().install();
      expectStatus(await phone.putDevice(), 201);
      expect(refusal(await putWith(other.deviceToken ?? ''))).toEqual([401, 'device_token_invalid']);
    });
  });

  it('of somebody else do not exist', async () => {
    const other = await stack.phone().install();
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await phone.api.request(method, `/v1/devices/${other.deviceId}`, {
        headers: phone.authorization,
        ...(method === 'PUT' && { body: { platform: 'ios', appVersion: '1.0.0' } }),
      });
      expect(refusal(answer)).toEqual([404, 'not_found']);
    }
    expect((await other.api.get(`/v1/devices/${other.deviceId}`, other.authorization)).status).toBe(200);
  });

  it('can only be registered by the session that is on it', async () => {
    const second = phone.sibling();
    expectStatus(await second.login(), 200);
    const answer = await phone.api.request('PUT', `/v1/devices/${second.deviceId}`, {
      headers: phone.authorization,
      body: { platform: 'ios', appVersion: '1.0.0' },
    });
    expect(refusal(answer)).toEqual([404, 'not_found']);
    expect(answer.json<Problem>().detail).toMatch(/the deviceId of the sign-in/);
  });

  it('push goes to the newest registration of a subscription', async () => {
    const before = await stack.phone().install();
    expectStatus(
      await phone.putDevice({
        push: { provider: 'onesignal', subscriptionId: before.subscriptionId.toUpperCase() },
      }),
      201,
    );
    const operator = await stack.operator();
    const created = await operator.create({
      audience: { users: [before.session.user.id, phone.session.user.id] },
      content: { title: 'one phone only' },
    });
    expect(expectStatus(created, 202).json()).toMatchObject({ recipients: 1 });
    await operator.waitUntil(created.json<{ id: string }>().id, ({ counts }) => counts.sent === 1);
    const rows = await stack.sql<{ user_id: string }>(
      'select user_id from loopin.devices where push_target = $1',
      [before.subscriptionId],
    );
    expect(rows).toEqual([{ user_id: phone.session.user.id }]);
  });

  it('push has one owner however many claim it at once', async () => {
    const phones = await Promise.all(range(4).map(() => stack.phone().signUp()));
    const push = { provider: 'onesignal', subscriptionId: randomUUID() };
    const answers = await Promise.all(phones.map((one) => one.putDevice({ push })));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const owners = await stack.sql('select from loopin.devices where push_target = $1', [
      push.subscriptionId,
    ]);
    expect(owners).toHaveLength(1);
  });

  it('are listed page by page, each once', async () => {
    const siblings = range(4).map(() => phone.sibling());
    for (const sibling of siblings) expectStatus(await sibling.login(), 200);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '?limit=2' : `?limit=2&cursor=${cursor}`;
      const page = expectStatus(await phone.api.get(`/v1/devices${query}`, phone.authorization), 200).json<{
        data: { deviceId: string }[];
        nextCursor: string | null;
      }>();
      expect(page.data.length).toBeLessThanOrEqual(2);
      seen.push(...page.data.map(({ deviceId }) => deviceId));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual([phone, ...siblings].map(({ deviceId }) => deviceId).sort());
  });

  it('once deleted get no push, and their sessions have ended', async () => {
    expectStatus(await phone.putDevice(), 201);
    const second = phone.sibling();
    expectStatus(await second.login(), 200);
    const deleted = await second.api.request('DELETE', `/v1/devices/${phone.deviceId}`, {
      headers: second.authorization,
    });
    expect(deleted.status).toBe(204);
    expect((await phone.refresh()).status).toBe(401);
    expect((await phone.me()).status).toBe(401);
    const operator = await stack.operator();
    const created = await operator.create(Operator.notification(phone.deviceId));
    expect(expectStatus(created, 202).json()).toMatchObject({ recipients: 0 });
  });
});
