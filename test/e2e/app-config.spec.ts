import { randomUUID } from 'node:crypto';
import { findFreePort } from '../../tools/local/ports.mts';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const STORE = 'https://apps.apple.com/app/id1';
const NOTHING = { platforms: {}, flags: {}, maintenance: null };
const HOUR_MS = 3_600_000;

describe('app config', () => {
  let stack: TestStack;
  let admin: Persona;
  let developer: Persona;
  let user: Persona;

  beforeAll(async () => {
    stack = await TestStack.start();
    const tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
    // 1.2.3 on iOS, as everybody here
    user = await tokens.persona({ roles: ['user'] });
  });
  afterEach(async () => void (await put(NOTHING)));
  afterAll(() => stack.stop());

  const put = (body: unknown, headers = {}): Promise<Answer> =>
    stack.api.request('PUT', '/v1/admin/app-config', {
      headers: { ...admin.authorization, ...headers },
      body,
    });
  const me = (platform: string, version: string): Promise<Answer> =>
    stack.api.get('/v1/me', { ...user.authorization, 'x-app-platform': platform, 'x-app-version': version });
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const ios = (minimumVersion: string, more = {}) => ({
    ...NOTHING,
    platforms: { ios: { minimumVersion, storeUrl: STORE } },
    ...more,
  });

  it('turns away versions below the floor of their platform, with the way to the store', async () => {
    expectStatus(await put(ios('1.2.3')), 200);
    expect(expectStatus(await me('ios', '1.2.2'), 426).json()).toMatchObject({
      ...{ code: 'upgrade_required', minimumVersion: '1.2.3', storeUrl: STORE },
    });
    expectStatus(await me('ios', '1.2.3'), 200);
    expectStatus(await me('android', '0.0.1'), 200);
    expectStatus(await me('web', '0.0.1'), 200);
    expectStatus(await stack.api.get('/v1/me', user.authorization), 200);
  });

  it('keeps answering what an old app needs to find its way, and servers', async () => {
    expectStatus(await put(ios('1.2.3')), 200);
    const old = { 'x-app-platform': 'ios', 'x-app-version': '1.0.0' };
    const told = expectStatus(await stack.api.get('/v1/app-config', old), 200);
    expect(told.json()).toMatchObject({ platforms: { ios: { minimumVersion: '1.2.3', storeUrl: STORE } } });
    expectStatus(await stack.api.get('/health/ready', old), 200);
    const operator = await stack.operator();
    const unknown = await stack.api.get(`/v1/push/notifications/${randomUUID()}`, {
      'x-api-key': operator.apiKey,
      ...old,
    });
    expectStatus(unknown, 404);
    expect(refusal(await stack.api.post('/v1/auth/login', {}, old))).toEqual([426, 'upgrade_required']);
  });

  it('refuses a floor that no active device meets, but for a reason', async () => {
    // what no semantic version is, phones say as well
    for (const appVersion of ['01.0.0', '1.0'])
      expectStatus(await (await stack.phone().signUp()).putDevice({ appVersion }), 201);
    expect(refusal(await put(ios('9.0.0')))).toEqual([409, 'floor_unmet']);
    expectStatus(await put(ios('9.0.0', { override: { reason: 'a hole in 8' } })), 200);
    // what stands is not asked for again
    expectStatus(await put(ios('9.0.0', { flags: { chat: { enabled: true } } })), 200);
    const [noted] = await stack.sql(
      `select details ->> 'overrideReason' as reason from loopin.audit_events
       where action = 'app_config.changed' and details ->> 'overrideReason' is not null`,
    );
    expect(noted).toEqual({ reason: 'a hole in 8' });
  });

  it('is not kept from it by a phone that says a version which is none', async () => {
    for (const version of ['01.2.3', '99999999999999999999.0.0', '1.2.3-a..b']) {
      const { deviceId, authorization: headers } = await new TestTokens(stack).persona({ roles: ['user'] });
      const body = { platform: 'ios', appVersion: version };
      expectStatus(await stack.api.request('PUT', `/v1/devices/${deviceId}`, { headers, body }), 201);
    }
    expectStatus(await put(ios('1.2.3')), 200);
    expect(refusal(await put(ios('9.0.0')))).toEqual([409, 'floor_unmet']);
  });

  it('looks at active devices only', async () => {
    await stack.sql("update loopin.devices set last_seen_at = now() - interval '31 days'");
    expect(refusal(await put(ios('1.2.3')))).toEqual([409, 'floor_unmet']);
    await stack.sql('update loopin.devices set last_seen_at = now()');
    expectStatus(await put(ios('1.2.3')), 200);
  });

  it('tells each installation its flags', async () => {
    const flags = {
      all: { enabled: true },
      none: { enabled: false },
      some: { enabled: true, rolloutPercent: 50 },
    };
    expectStatus(await put({ ...NOTHING, flags }), 200);
    const flagsOf = async (query: string) =>
      expectStatus(await stack.api.get(`/v1/app-config${query}`), 200).json<{
        flags: Record<string, boolean>;
      }>().flags;
    expect(await flagsOf('')).toEqual({ all: true, none: false, some: false });
    const seen = await Promise.all(
      Array.from({ length: 40 }, async () => (await flagsOf(`?deviceId=${randomUUID()}`)).some),
    );
    expect(new Set(seen)).toEqual(new Set([true, false]));
    expect(refusal(await stack.api.get('/v1/app-config?deviceId=x'))).toEqual([422, 'validation_failed']);
  });

  it('answers 304 to whoever has it, and 412 to who changes another one', async () => {
    const first = expectStatus(await stack.api.get('/v1/app-config'), 200);
    const known = { 'if-none-match': first.headers.get('etag') ?? '' };
    expectStatus(await stack.api.get('/v1/app-config', known), 304);
    const read = expectStatus(await stack.api.get('/v1/admin/app-config', developer.authorization), 200);
    const condition = { 'if-match': read.headers.get('etag') ?? '' };
    expectStatus(await put({ ...NOTHING, flags: { a: { enabled: true } } }, condition), 200);
    expect(refusal(await put(NOTHING, condition))).toEqual([412, 'precondition_failed']);
    expectStatus(await stack.api.get('/v1/app-config', known), 200);
  });

  it('is away when that was announced, for all but admins', async () => {
    const [now, hour] = [Date.now(), HOUR_MS];
    const during = (from: number, until: number) => ({
      ...NOTHING,
      maintenance: {
        startsAt: new Date(from).toISOString(),
        endsAt: new Date(until).toISOString(),
        message: 'Moving',
      },
    });
    expectStatus(await put(during(now + hour, now + 2 * hour)), 200);
    expectStatus(await me('ios', '1.2.3'), 200);
    expectStatus(await put(during(now - hour, now + hour / 2)), 200);
    const away = expectStatus(await me('ios', '1.2.3'), 503);
    expect(away.json()).toMatchObject({ code: 'maintenance', detail: 'Moving' });
    expect(Number(away.headers.get('retry-after'))).toBeLessThanOrEqual(1_800);
    expectStatus(await stack.api.get('/v1/me', admin.authorization), 200);
    expectStatus(await stack.api.get('/health/live'), 200);
    expectStatus(await stack.api.get('/v1/app-config'), 200);
    expectStatus(await stack.api.post('/v1/auth/login', {}), 422);
    stack.moveClock(hour);
    await waitFor('the end', async () => (await me('ios', '1.2.3')).status !== 503, 10_000);
    stack.moveClock(0);
  });

  it('is announced and ended by command too', async () => {
    await stack.cli('app-config', 'maintenance', '--minutes', '5', '--message', 'Moving');
    await waitFor('the start', async () => (await me('ios', '1.2.3')).status === 503, 20_000);
    expect(await stack.cli('app-config', 'show')).toMatchObject({ maintenance: { message: 'Moving' } });
    await stack.cli('app-config', 'maintenance', '--off');
    await waitFor('the end', async () => (await me('ios', '1.2.3')).status === 200, 20_000);
  });

  it('reaches the other processes, and says what is wrong with it', async () => {
    const { url } = await stack.startProcess('web', await findFreePort());
    expectStatus(await put(ios('1.2.3')), 200);
    const old = { ...user.authorization, 'x-app-platform': 'ios', 'x-app-version': '1.0.0' };
    await waitFor(
      'the floor there',
      async () => (await fetch(`${url}/v1/me`, { headers: old })).status === 426,
      20_000,
    );
    const wrong = {
      platforms: { ios: { minimumVersion: 'two' } },
      flags: { '1': { enabled: true } },
      maintenance: { startsAt: 'soon', endsAt: 'later' },
    };
    const paths = expectStatus(await put(wrong), 422)
      .json<Problem>()
      .errors?.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['platforms.ios.minimumVersion', 'platforms.ios.storeUrl']));
    expect(paths).toEqual(expect.arrayContaining(['maintenance.startsAt', 'maintenance.endsAt']));
  });
});
