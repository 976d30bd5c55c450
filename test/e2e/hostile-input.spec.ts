import { randomUUID } from 'node:crypto';
import { expectStatus } from '../support/api';
import { concurrently } from '../support/concurrently';
import { GOOD_BODIES } from '../support/good-bodies';
import { hostileBodies, hostilePaths } from '../support/hostile';
import { scaled } from '../support/scale';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(900_000);

/** Every so many of what could be tried. */
const STRIDE = scaled(19, 1);

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
}

interface Attempt {
  readonly route: string;
  readonly path: string;
  readonly body?: string;
}

describe('whatever is sent', () => {
  let stack: TestStack;
  let operations: [route: string, operation: Operation][];

  beforeAll(async () => {
    stack = await TestStack.start();
    // makes the first key that tokens are signed by
    await waitFor('keys', async () => (await stack.api.get('/.well-known/jwks.json')).status === 200, 30_000);
    const { paths } = expectStatus(await stack.api.get('/openapi.json'), 200).json<{
      paths: Record<string, Record<string, Operation>>;
    }>();
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [
        `${method.toUpperCase()} ${path}`,
        operation,
      ]),
    );
  });
  afterAll(() => stack.stop());

  it('is tried on every route that takes a body', () => {
    const taking = operations.filter(([, { requestBody }]) => requestBody !== undefined);
    expect(Object.keys(GOOD_BODIES).sort()).toEqual(taking.map(([route]) => route).sort());
  });

  it('is answered, never by a 500', async () => {
    const attempts = operations.flatMap(attemptsOn).filter((_, index) => index % STRIDE === 0);
    const tokens = new TestTokens(stack);
    const failed = await concurrently(attempts, 4, async (attempt) => {
      // of their own: some calls end a session, or ask for signatures from then on
      const admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
      const status = await send(attempt, admin);
      // 503 says that this machine has too much to do
      return status < 500 || status === 503 ? [] : [{ ...attempt, status }];
    });
    expect(failed.flat()).toEqual([]);
  });

  function attemptsOn([route, { parameters = [] }]: [string, Operation]): Attempt[] {
    const [, path = ''] = route.split(' ');
    const query = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    const bodies = route in GOOD_BODIES ? hostileBodies(GOOD_BODIES[route]) : [];
    return [
      ...hostilePaths(path, query).map((hostile) => ({ route, path: hostile })),
      ...bodies.map((body) => ({ route, path, body })),
    ];
  }

  async function send({ route, path, body }: Attempt, admin: Persona): Promise<number> {
    const [method = ''] = route.split(' ');
    const concrete = path
      .replace('{deviceId}', admin.deviceId)
      .replace('{name}', 'x')
      .replaceAll(/\{\w+\}/g, randomUUID());
    const type = { 'content-type': 'application/json' };
    const { status } = await stack.api.request(method, concrete, {
      headers: { ...admin.authorization, 'idempotency-key': randomUUID(), ...(body !== undefined && type) },
      ...(body !== undefined && { rawBody: body }),
    });
    return status;
  }
});
