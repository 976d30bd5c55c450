import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem, type RequestOptions } from '../support/api';
import type { Phone } from '../support/phone';
import { type RawAnswer, rawHttp } from '../support/raw-http';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const LOGIN = '/v1/auth/login';
const JSON_TYPE = { 'content-type': 'application/json' };

describe('errors', () => {
  let stack: TestStack;
  let phone: Phone;

  beforeAll(async () => {
    stack = await TestStack.shared();
    phone = await stack.phone().signUp();
  });
  afterAll(() => stack.stop());

  /** Every error has this shape, whoever made it. */
  function expectProblem(answer: Answer | RawAnswer, status: number, code: string): Problem {
    const text = 'text' in answer ? answer.text : answer.body;
    expect([answer.status, text]).toEqual([status, expect.stringContaining(`"code":"${code}"`)]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = JSON.parse(text) as Problem;
    expect(problem).toMatchObject({
      type: `urn:loopin:problem:${code}`,
      title: expect.any(String),
      status,
      code,
    });
    expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
    expect(text).not.toMatch(/\bat .*\.(js|ts)\b|node_modules|stack|select |insert /i);
    return problem;
  }

  const send = (method: string, path: string, options?: RequestOptions) =>
    stack.api.request(method, path, options);
  const raw = (...lines: readonly string[]) =>
    rawHttp(stack.local.ports.web, [...lines.slice(0, -1), `\r\n${lines.at(-1) ?? ''}`].join('\r\n'));

  it.each(['/', '/v1', '/v1/nothing', '/v1/me/', '/V1/me', '/health', '/v1/devices/a/b'])(
    '404 for %s',
    async (path) => {
      expectProblem(await stack.api.get(path), 404, 'not_found');
    },
  );

  it.each([
    ['PUT', '/v1/me', 'DELETE, GET, HEAD, PATCH'],
    ['PUT', LOGIN, 'POST'],
    ['GET', LOGIN, 'POST'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['PATCH', `/v1/devices/${randomUUID()}`, 'DELETE, GET, HEAD, PUT'],
  ])('405 for %s %s', async (method, path, allow) => {
    const answer = await send(method, path);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('404 for an id that is none', async () => {
    for (const id of ['1', 'not-a-uuid', `${randomUUID()}x`, '%00']) {
      expectProblem(await stack.api.get(`/v1/devices/${id}`, phone.authorization), 404, 'not_found');
    }
  });

  it.each(['{', '{"email":}', 'nul', '[1,', '{"a":1}}', '{"__proto__":{"x":1}}'])(
    '400 for the body %j',
    async (rawBody) => {
      expectProblem(await send('POST', LOGIN, { headers: JSON_TYPE, rawBody }), 400, 'malformed_json');
    },
  );

  it.each(['', '[]', '"text"', 'null', '{}'])('422 for the body %j', async (rawBody) => {
    const problem = expectProblem(
      await send('POST', LOGIN, { headers: JSON_TYPE, rawBody }),
      422,
      'validation_failed',
    );
    expect(problem.errors?.length).toBeGreaterThan(0);
    if (rawBody !== '{}')
      expect(problem.errors).toEqual([
        { path: 'body', message: rawBody === '' ? 'is required' : 'has to be an object' },
      ]);
  });

  it('422 names every field that is wrong, unknown ones too', async () => {
    const answer = await send('POST', LOGIN, {
      body: {
        email: 'nobody',
        password: 'x',
        device: { deviceId: 'x', platform: 'pager', appVersion: '1.0.0', extra: true },
        admin: true,
      },
    });
    const { errors = [] } = expectProblem(answer, 422, 'validation_failed');
    expect(Object.fromEntries(errors.map(({ path, message }) => [path, message]))).toEqual({
      admin: 'is not known',
      'device.deviceId': 'is not a UUID',
      'device.extra': 'is not known',
      'device.platform': 'is none of ios, android, web',
      email: 'is not an e-mail address',
    });
  });

  it.each([
    ['/v1/me?verbose=1', 'verbose'],
    ['/v1/devices?limit=0', 'limit'],
    ['/v1/devices?limit=101', 'limit'],
    ['/v1/devices?cursor=%21', 'cursor'],
    ['/v1/devices?limit=1&sort=asc', 'sort'],
  ])('422 for %s', async (path, name) => {
    const problem = expectProblem(await stack.api.get(path, phone.authorization), 422, 'validation_failed');
    expect(problem.errors?.map((error) => error.path)).toContain(name);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('415 for %s', async (type) => {
    const answer = await send('POST', LOGIN, { headers: { 'content-type': type }, rawBody: 'a=1' });
    expectProblem(answer, 415, 'unsupported_media_type');
  });

  it('415 for a body without a type, and for any content encoding', async () => {
    const rawBody = new TextEncoder().encode('{}');
    expectProblem(await send('POST', LOGIN, { rawBody }), 415, 'unsupported_media_type');
    for (const encoding of ['gzip', 'br', 'identity']) {
      const headers = { ...JSON_TYPE, 'content-encoding': encoding };
      expectProblem(await send('POST', LOGIN, { headers, rawBody: '{}' }), 415, 'unsupported_media_type');
    }
  });

  it('413 for a length over 256 KiB, before a byte of the body', async () => {
    const head = [
      `POST ${LOGIN} HTTP/1.1`,
      'host: x',
      'content-type: application/json',
      `content-length: ${262_145}`,
    ];
    expectProblem(await raw(...head, ''), 413, 'payload_too_large');
  });

  it('413 for chunks that add up to more than 256 KiB', async () => {
    const head = [
      `POST ${LOGIN} HTTP/1.1`,
      'host: x',
      'content-type: application/json',
      'transfer-encoding: chunked',
    ];
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    expectProblem(await raw(...head, `${chunk.repeat(5)}0\r\n\r\n`), 413, 'payload_too_large');
  });

  it('takes a body of just 256 KiB', async () => {
    const rawBody = `{"email":"${'x'.repeat(262_144 - 12)}"}`;
    expect(Buffer.byteLength(rawBody)).toBe(262_144);
    expectProblem(await send('POST', LOGIN, { headers: JSON_TYPE, rawBody }), 422, 'validation_failed');
  });

  it('413 comes before 415, 415 before 401, 401 before 422', async () => {
    const path = '/v1/push/notifications';
    const large = 'x'.repeat(300_000);
    const text = { 'content-type': 'text/plain' };
    expectProblem(await send('POST', path, { headers: text, rawBody: large }), 413, 'payload_too_large');
    expectProblem(await send('POST', path, { headers: text, rawBody: 'x' }), 415, 'unsupported_media_type');
    expectProblem(await send('POST', path, { body: {} }), 401, 'unauthenticated');
  });

  it.each(['/v1/%', '/v1/devices/%zz', '/%c0%ae'])('400 for the path %s', async (path) => {
    expectProblem(await raw(`GET ${path} HTTP/1.1`, 'host: x', ''), 400, 'malformed_request');
  });

  it('431 for headers over 16 KiB', async () => {
    expectProblem(
      await raw('GET /v1/me HTTP/1.1', 'host: x', `x-large: ${'x'.repeat(17_000)}`, ''),
      431,
      'headers_too_large',
    );
  });

  it('400 for what is no HTTP', async () => {
    expectProblem(await rawHttp(stack.local.ports.web, 'hello\r\n\r\n'), 400, 'malformed_request');
  });

  it.each([
    ['nothing', {}, 'None was sent'],
    ['no token', { authorization: 'Bearer' }, 'Authorization takes Bearer'],
    ['another scheme', { authorization: 'Basic YTpi' }, 'Authorization takes Bearer'],
    ['two', { authorization: 'Bearer abc.def.ghi', 'x-api-key': 'lk_short' }, 'not both'],
    // whether it ended or never was is said to nobody
    ['a token of nobody', { authorization: 'Bearer abc.def.ghi' }, undefined],
    ['no key', { 'x-api-key': 'lk_short' }, undefined],
    ['a key of nobody', { 'x-api-key': `lk_${'a'.repeat(16)}_${'b'.repeat(43)}` }, undefined],
  ])('401 with WWW-Authenticate for %s', async (_, headers, detail) => {
    const answer = await stack.api.get('/v1/me', headers);
    const problem = expectProblem(answer, 401, 'unauthenticated');
    expect(problem.detail).toEqual(detail && expect.stringContaining(detail));
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('403 for a credential of the wrong kind', async () => {
    const answer = await stack.api.get(`/v1/push/notifications/${randomUUID()}`, phone.authorization);
    expectProblem(answer, 403, 'forbidden');
  });

  it('OPTIONS is answered, and no origin is allowed by default', async () => {
    const answer = await send('OPTIONS', '/v1/me', { headers: { origin: 'https://evil.example' } });
    expect(expectStatus(answer, 204).headers.get('allow')).toContain('GET');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('the worker answers health and nothing else', async () => {
    const worker = `http://127.0.0.1:${stack.local.ports.worker}`;
    expect((await fetch(`${worker}/health/ready`)).status).toBe(200);
    for (const path of ['/v1/me', '/.well-known/jwks.json', '/openapi.json', '/docs']) {
      expect((await fetch(`${worker}${path}`)).status).toBe(404);
    }
  });
});
