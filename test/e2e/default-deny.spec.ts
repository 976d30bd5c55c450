import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

/** Who may call what without a credential: the contract's table, and nothing else. */
const PUBLIC = [
  'GET /.well-known/jwks.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /health/startup',
  'GET /v1/app-config',
  'POST /v1/auth/email/undo',
  'POST /v1/auth/login',
  'POST /v1/auth/oidc/apple',
  'POST /v1/auth/oidc/google',
  'POST /v1/auth/login/mfa',
  'POST /v1/auth/password/change',
  'POST /v1/auth/password/forgot',
  'POST /v1/auth/password/reset',
  'POST /v1/auth/refresh',
  'POST /v1/auth/register',
  'POST /v1/auth/verify-email',
  'POST /v1/auth/verify-email/resend',
  'POST /v1/webhooks/{source}',
];
/** Routes that an API key may reach at all. */
const FOR_SERVERS = /^(GET|POST) \/v1\/push\/notifications(\/\{id\}(\/(cancel|deliveries))?)?$/;

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly description: string };
  readonly paths: Record<
    string,
    Record<string, { security?: unknown[]; responses: Record<string, unknown> }>
  >;
}

describe('every route', () => {
  let stack: TestStack;
  let document: OpenApi;
  let routes: { name: string; method: string; path: string }[];

  beforeAll(async () => {
    stack = await TestStack.shared();
    document = expectStatus(await stack.api.get('/openapi.json'), 200).json<OpenApi>();
    routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => ({ name: `${method.toUpperCase()} ${path}`, method, path })),
    );
  });
  afterAll(() => stack.stop());

  /** A process that was just asked for the document may be busy for a moment, and says so before anything else. */
  const call = ({ method, path }: { method: string; path: string }, headers: Record<string, string> = {}) =>
    waitFor(
      `an answer of ${path}`,
      async () => {
        const answer = await stack.api.request(method.toUpperCase(), path.replace(/\{\w+\}/g, randomUUID()), {
          headers,
          ...(method !== 'get' && method !== 'delete' && { body: {} }),
        });
        return answer.status === 503 ? undefined : answer;
      },
      30_000,
    );

  it('is documented', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.description).toMatch(/Authorization: Bearer.*X-API-Key.*problem\+json/s);
    expect(routes.length).toBeGreaterThan(PUBLIC.length);
    expect(routes.map(({ name }) => name)).toEqual(expect.arrayContaining(PUBLIC));
  });

  it('needs a credential unless the contract says otherwise', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const answer = await call(route);
      if (answer.status !== 401) open.push(route.name);
      else if (answer.json<Problem>().code === 'unauthenticated') expect(PUBLIC).not.toContain(route.name);
      else open.push(route.name);
    }
    expect(open.sort()).toEqual([...PUBLIC].sort());
  });

  it('is closed to API keys unless the contract says otherwise', async () => {
    const { apiKey } = await stack.operator('push:send,push:read');
    for (const route of routes.filter(({ name }) => !PUBLIC.includes(name))) {
      const { status } = await call(route, { 'x-api-key': apiKey });
      expect([route.name, status === 403]).toEqual([route.name, !FOR_SERVERS.test(route.name)]);
    }
  });

  it('says in the document what credential it takes', () => {
    for (const { name, method, path } of routes) {
      const documented = (document.paths[path]?.[method]?.security ?? []).length > 0;
      expect([name, documented]).toEqual([name, !PUBLIC.includes(name)]);
    }
  });
});
