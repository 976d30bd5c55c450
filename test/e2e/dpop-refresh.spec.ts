import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { DpopKey } from '../support/dpop-key';
import type { Phone, Session } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

/** A token that comes again later than that is no parallel refresh. */
const PARALLEL_MS = 2_000;

describe('the refresh of a session that is bound to a key', () => {
  let stack: TestStack;
  let phone: Phone;
  let key: DpopKey;
  let thief: DpopKey;
  let session: Session;

  beforeAll(async () => {
    stack = await TestStack.start();
    phone = await stack.phone().signUp();
    [key, thief] = [await DpopKey.generate(stack.local.url), await DpopKey.generate(stack.local.url)];
  });
  beforeEach(async () => {
    session = await key.login(phone);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const withoutProof = (refreshToken: string, deviceId = phone.deviceId) =>
    phone.api.post('/v1/auth/refresh', { refreshToken, deviceId });

  it('gives a thief with the token and the device id nothing, and leaves the owner signed in', async () => {
    const { refreshToken } = session;
    expect(refusal(await withoutProof(refreshToken))).toEqual([400, 'invalid_dpop_proof']);
    expect(refusal(await thief.refresh(phone, refreshToken))).toEqual([400, 'invalid_dpop_proof']);
    expect((await key.get(phone, session)).status).toBe(200);
    expectStatus(await key.refresh(phone, refreshToken), 200);
  });

  it('can’t be turned against its owner with a token that was used, from wherever', async () => {
    const { refreshToken } = session;
    const next = expectStatus(await key.refresh(phone, refreshToken), 200).json<Session>();
    stack.moveClock(40_000);
    expect(refusal(await withoutProof(refreshToken, randomUUID()))).toEqual([400, 'invalid_dpop_proof']);
    expect(refusal(await thief.refresh(phone, refreshToken))).toEqual([400, 'invalid_dpop_proof']);
    expectStatus(await key.refresh(phone, next.refreshToken), 200);
  });

  it('keeps the rules for who has the key: a replay after 30 s ends the family', async () => {
    const { refreshToken } = session;
    expectStatus(await key.refresh(phone, refreshToken), 200);
    stack.moveClock(20_000);
    expectStatus(await key.refresh(phone, refreshToken), 200);
    stack.moveClock(40_000);
    expect(refusal(await key.refresh(phone, refreshToken))).toEqual([401, 'refresh_reused']);
  });

  it('gives fifty that ask at once the same successor', async () => {
    const atOnce = async () => {
      session = await key.login(phone);
      const begin = performance.now();
      const all = await Promise.all(range(50).map(() => key.refresh(phone, session.refreshToken)));
      return performance.now() - begin < PARALLEL_MS ? all : undefined;
    };
    const answers = await waitFor('fifty within two seconds', atOnce, 60_000);
    const successors = answers.map((answer) => expectStatus(answer, 200).json<Session>().refreshToken);
    expect(new Set(successors).size).toBe(1);
  });

  it('takes a proof once: a copy of the whole request is refused, and the session lives', async () => {
    const { refreshToken } = session;
    const body = { refreshToken, deviceId: phone.deviceId };
    let dpop = '';
    const send = () => phone.api.post('/v1/auth/refresh', body, { dpop });
    const first = await key.challenged(async () => {
      dpop = await key.proof('POST', '/v1/auth/refresh', { nonce: key.nonce });
      return send();
    });
    expectStatus(first, 200);
    expect((await send()).status).toBe(400);
    expectStatus(await key.refresh(phone, refreshToken), 200);
  });

  it('of one that is not bound neither needs a proof nor is bound by one', async () => {
    expectStatus(await phone.login(), 200);
    const answer = await key.refresh(phone, phone.session.refreshToken);
    expect(expectStatus(answer, 200).json<Session>().tokenType).toBe('Bearer');
  });

  it('stores the thumbprint and nothing of the key', async () => {
    const [row] = await stack.sql<{ dpop_jkt: string }>(
      'select dpop_jkt from loopin.sessions where id = $1',
      [session.sessionId],
    );
    expect(row?.dpop_jkt).toMatch(/^[\w-]{43}$/);
  });

  it('costs one more step without Redis; a proof is still good once, and a copy from before is not taken', async () => {
    key.nonce = undefined;
    const used = await waitFor(
      'a proof that Redis remembers',
      async () => {
        const headers = await key.headers(session, 'GET', '/v1/me');
        return (await phone.api.get('/v1/me', headers)).status === 200 ? headers : undefined;
      },
      20_000,
    );
    process.kill(stack.local.pid('redis'), 'SIGKILL');
    expect(refusal(await phone.api.get('/v1/me', used))).toEqual([401, 'use_dpop_nonce']);

    const asked = await key.refreshOnce(phone, session.refreshToken);
    expect(refusal(asked)).toEqual([400, 'use_dpop_nonce']);
    key.nonce = asked.headers.get('dpop-nonce') ?? '';
    expectStatus(await key.refreshOnce(phone, session.refreshToken), 200);
    const once = await key.headers(session, 'GET', '/v1/me');
    expectStatus(await phone.api.get('/v1/me', once), 200);
    expect(refusal(await phone.api.get('/v1/me', once))).toEqual([401, 'invalid_dpop_proof']);
  });
});
