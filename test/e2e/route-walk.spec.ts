import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { concurrently } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { CALLERS, type Caller, type Verdict, WHO_MAY_CALL } from '../support/who-may-call';

jest.setTimeout(120_000);

/** The path names a thing of somebody's own. */
const OWNED = /\/(sessions|devices)\/\{/;
const BODIES: Readonly<Record<string, unknown>> = {
  'PUT /v1/devices/{deviceId}': { platform: 'ios', appVersion: '1.2.3' },
  'PUT /v1/devices/{deviceId}/signing-key': {
    publicKey: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  },
};

describe('every route, for everybody', () => {
  let stack: TestStack;
  let tokens: TestTokens;
  let routes: string[];
  let keyWithScope: string;
  let keyWithout: string;

  beforeAll(async () => {
    stack = await TestStack.shared();
    tokens = new TestTokens(stack);
    keyWithout = (await stack.operator()).apiKey;
    await stack.sql("update loopin.api_keys set scopes = '{}' where key_id = $1", [keyWithout.split('_')[1]]);
    keyWithScope = (
      await stack.operator('push:send,webhooks:read,webhooks:replay,jobs:read,endpoints:manage')
    ).apiKey;
    const { paths } = expectStatus(await stack.api.get('/openapi.json'), 200).json<{
      paths: Record<string, Record<string, unknown>>;
    }>();
    routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
  });
  afterAll(() => stack.stop());

  it('has a row in the table, and no row is left over', () => {
    expect(Object.keys(WHO_MAY_CALL).sort()).toEqual([...routes].sort());
  });

  it.each(CALLERS)('%s gets what the table says', async (caller) => {
    const found = await concurrently(routes, 4, async (route) => [route, await verdictOn(route, caller)]);
    expect(found).toEqual(routes.map((route) => [route, WHO_MAY_CALL[route]?.[caller]]));
  });

  /** Each call has people of its own: some calls end a session or a device. */
  async function verdictOn(route: string, caller: Caller): Promise<Verdict | number> {
    const owner = await tokens.persona({ roles: ['user'] });
    const [method = '', path = ''] = route.split(' ');
    const concrete = path
      .replace('sessions/{id}', `sessions/${owner.sessionId}`)
      .replace('{deviceId}', owner.deviceId)
      .replace('{source}', 'onesignal')
      .replace(/\{\w+\}/, randomUUID());
    const answer = await stack.api.request(method, concrete, {
      headers: await credentialOf(caller, owner),
      ...(method !== 'GET' && method !== 'DELETE' && { body: BODIES[route] ?? {} }),
    });
    return verdictOf(answer, OWNED.test(path));
  }

  async function credentialOf(caller: Caller, owner: Persona): Promise<Record<string, string>> {
    const as = async (roles: string[], aal: 'aal1' | 'aal2' = 'aal1') => ({
      ...(await tokens.persona({ roles, aal })).authorization,
    });
    switch (caller) {
      case 'nobody':
        return {};
      case 'user':
        return { ...owner.authorization };
      case 'other user':
        return as(['user']);
      case 'developer':
        return as(['user', 'developer']);
      case 'admin aal1':
        return as(['user', 'admin']);
      case 'admin aal2':
        return as(['user', 'admin'], 'aal2');
      case 'key without scope':
        return { 'x-api-key': keyWithout };
      case 'key with scope':
        return { 'x-api-key': keyWithScope };
    }
  }
});

/** Past the door a handler may still refuse what a made-up body or id says. */
function verdictOf(answer: Answer, owned: boolean): Verdict | number {
  if (answer.status < 400) return 'in';
  const { code } = answer.json<Problem>();
  if (code === 'unauthenticated') return 401;
  if (code === 'forbidden' || code === 'step_up_required') return 403;
  if (owned && answer.status === 404) return 404;
  return answer.status < 500 ? 'in' : answer.status;
}
