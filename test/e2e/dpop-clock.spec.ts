import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { DpopKey } from '../support/dpop-key';
import type { Phone, Session } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(120_000);

const MINUTE_MS = 60_000;

describe('a session that is bound to a key, on a phone whose clock is wrong', () => {
  let stack: TestStack;
  let phone: Phone;
  let key: DpopKey;

  beforeAll(async () => {
    stack = await TestStack.start();
    phone = await stack.phone().signUp();
  });
  beforeEach(async () => {
    key = await DpopKey.generate(stack.local.url);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const me = async (session: Session) => phone.api.get('/v1/me', await key.headers(session, 'GET', '/v1/me'));

  it('works with a nonce of the server, which is good for every request of five minutes', async () => {
    const session = await key.login(phone);
    key.nonce = undefined;
    stack.moveClock(5 * MINUTE_MS);
    const asked = await me(session);
    expect(refusal(asked)).toEqual([401, 'use_dpop_nonce']);
    expect(asked.headers.get('www-authenticate')).toBe('DPoP algs="ES256 EdDSA", error="use_dpop_nonce"');
    for (const _ of range(3)) expectStatus(await key.get(phone, session), 200);
    const { nonce } = key;

    stack.moveClock(9.9 * MINUTE_MS);
    expectStatus(await key.get(phone, session), 200);
    expect(key.nonce).toBe(nonce);
    stack.moveClock(10 * MINUTE_MS + 10_000);
    expect(refusal(await me(session))).toEqual([401, 'use_dpop_nonce']);
    expectStatus(await key.get(phone, session), 200);
    expect(key.nonce).not.toBe(nonce);
  });

  it.each([-10, 10])('is opened and refreshed the same way: %i minutes', async (minutes) => {
    stack.moveClock(minutes * MINUTE_MS);
    expect(refusal(await key.loginOnce(phone))).toEqual([401, 'use_dpop_nonce']);
    const session = await key.login(phone);
    expect(session.tokenType).toBe('DPoP');
    key.nonce = undefined;
    expect(refusal(await key.refreshOnce(phone, session.refreshToken))).toEqual([400, 'use_dpop_nonce']);
    expectStatus(await key.refresh(phone, session.refreshToken), 200);
  });

  it('gets no help from a nonce that nobody gave', async () => {
    const session = await key.login(phone);
    key.nonce = 'A'.repeat(31);
    expect(refusal(await me(session))).toEqual([401, 'use_dpop_nonce']);
  });
});
