import { request as httpsRequest } from 'node:https';
import { importPKCS8, SignJWT } from 'jose';
import { startFcm } from '../support/push-subjects';

jest.setTimeout(30_000);

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

interface Status {
  readonly error: { readonly status: string; readonly details?: { readonly errorCode: string }[] };
}

describe('the FCM sandbox', () => {
  let fcm: Awaited<ReturnType<typeof startFcm>>;
  let accessToken: string;

  beforeAll(async () => {
    fcm = await startFcm();
  });
  beforeEach(async () => {
    await fcm.sandbox.clear();
    accessToken = (JSON.parse((await exchange(await assertion())).text) as { access_token: string })
      .access_token;
  });
  afterAll(() => fcm.server.close());

  /** Over TLS and HTTP/1.1; the provider's own tests go by HTTP/2. */
  const call = (path: string, headers: Record<string, string>, body: string) =>
    new Promise<{ status: number; text: string; retryAfter: string | undefined }>((resolve, reject) => {
      const request = httpsRequest(
        `${fcm.options.url}${path}`,
        { method: 'POST', ca: fcm.options.ca, headers, agent: false },
        async (response) => {
          const chunks: Buffer[] = [];
          for await (const chunk of response) chunks.push(chunk);
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const exchange = (jwt: string, grant = GRANT) =>
    call(
      '/token',
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams({ grant_type: grant, assertion: jwt }).toString(),
    );
  async function assertion(changes: { iss?: string; aud?: string; exp?: string; scope?: string } = {}) {
    const { clientEmail, privateKey, tokenUri } = fcm.options.account;
    return new SignJWT({ scope: changes.scope ?? SCOPE })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(changes.iss ?? clientEmail)
      .setAudience(changes.aud ?? tokenUri)
      .setIssuedAt()
      .setExpirationTime(changes.exp ?? '1h')
      .sign(await importPKCS8(privateKey, 'RS256'));
  }
  const send = async (message: unknown, token = accessToken, project = 'loopin-test') => {
    const { status, text, retryAfter } = await call(
      `/v1/projects/${project}/messages:send`,
      { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      JSON.stringify({ message }),
    );
    const body = JSON.parse(text) as Status & { name?: string };
    const code = body.error?.details?.[0]?.errorCode ?? body.error?.status;
    return { status, code, name: body.name, retryAfter };
  };

  it.each([
    ['another issuer', { iss: 'somebody@else.example' }, 'invalid_grant'],
    ['another audience', { aud: 'https://elsewhere.example/token' }, 'invalid_grant'],
    ['two hours of life', { exp: '2h' }, 'invalid_grant'],
    ['no life left', { exp: '-5m' }, 'invalid_grant'],
    ['another scope', { scope: 'https://www.googleapis.com/auth/drive' }, 'invalid_scope'],
  ])('refuses an assertion with %s', async (_, changes, error) => {
    const answer = await exchange(await assertion(changes));
    expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, error]);
  });

  it('knows one way to ask for a token only', async () => {
    expect((await exchange(await assertion(), 'password')).status).toBe(400);
    const [header, claims] = (await assertion()).split('.');
    expect((await exchange(`${header}.${claims}.forged`)).status).toBe(400);
  });

  it('takes a message and names it', async () => {
    const answer = await send({ token: 'a', notification: { title: 'x' } });
    expect(answer).toMatchObject({
      status: 200,
      name: expect.stringMatching(/^projects\/loopin-test\/messages\//),
    });
  });

  it.each([
    ['no target', { notification: { title: 'x' } }, 'INVALID_ARGUMENT'],
    ['two targets', { token: 'a', topic: 'b' }, 'INVALID_ARGUMENT'],
    ['data that are no text', { token: 'a', data: { count: 3 } }, 'INVALID_ARGUMENT'],
    ['a reserved name', { token: 'a', data: { 'google.x': 'y' } }, 'INVALID_ARGUMENT'],
    ['an unknown field', { token: 'a', title: 'x' }, 'INVALID_ARGUMENT'],
    ['more than 4 KiB', { token: 'a', data: { x: 'y'.repeat(4_096) } }, 'INVALID_ARGUMENT'],
    ['a time to live of a year', { token: 'a', android: { ttl: '31536000s' } }, 'INVALID_ARGUMENT'],
    ['a time to live without a unit', { token: 'a', android: { ttl: '60' } }, 'INVALID_ARGUMENT'],
  ])('refuses a message with %s', async (_, message, code) => {
    expect(await send(message)).toMatchObject({ status: 400, code });
  });

  it('refuses an access token that has ended, and another project', async () => {
    expect(await send({ token: 'a' }, 'ya29.unknown')).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
    expect(await send({ token: 'a' }, accessToken, 'another')).toMatchObject({ status: 403 });
    await fcm.sandbox.expireAccessTokens();
    expect(await send({ token: 'a' })).toMatchObject({ status: 401 });
  });

  it.each([
    ['UNREGISTERED', 404],
    ['SENDER_ID_MISMATCH', 403],
    ['THIRD_PARTY_AUTH_ERROR', 401],
    ['INTERNAL', 500],
    ['UNAVAILABLE', 503],
    ['QUOTA_EXCEEDED', 429],
    ['INVALID_ARGUMENT', 400],
  ])('answers %s for who it is told', async (code, status) => {
    await fcm.sandbox.refuse({ [code]: ['a'] });
    expect(await send({ token: 'a', notification: { title: 'x' } })).toMatchObject({ status, code });
    expect(await fcm.sandbox.attempts()).toEqual([]);
  });

  it('counts attempts, and what a phone shows of them', async () => {
    const message = (tag: string | undefined, apns: string | undefined) => ({
      token: 'a',
      notification: { title: 'x' },
      android: { notification: { ...(tag !== undefined && { tag }) } },
      apns: { headers: { ...(apns !== undefined && { 'apns-collapse-id': apns }) } },
    });
    for (const _each of [1, 2]) await send(message('one', 'one'));
    // what collapses on one kind of phone only piles up on the other
    for (const _each of [1, 2]) await send(message('two', undefined));
    const visible = await fcm.sandbox.visible('a');
    expect(visible.map(({ collapseId, attempts }) => [collapseId, attempts])).toEqual([
      ['one', 2],
      [null, 1],
      [null, 1],
    ]);
    expect(await fcm.sandbox.summary()).toMatchObject({ attempts: 4, visible: 3 });
  });

  it('asks to wait, as often as it is told to', async () => {
    await fcm.sandbox.fault('429', { times: 1, retryAfterSeconds: 7 });
    expect(await send({ token: 'a' })).toMatchObject({
      status: 429,
      code: 'QUOTA_EXCEEDED',
      retryAfter: '7',
    });
    expect(await send({ token: 'a' })).toMatchObject({ status: 200 });
  });
});
