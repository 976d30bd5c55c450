import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const MINUTE_MS = 60_000;

describe('registration', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const codeOf = (answer: Answer) => answer.json<Problem>().code;
  const wrong = (code: string) => (code === '000000' ? '111111' : '000000');

  it('says and does the same for an address that has an account and one that has none', async () => {
    const known = await stack.phone().signUp();
    const again = stack.phone({ email: known.email });
    const unknown = stack.phone();
    const ofKnown = await again.register();
    const ofUnknown = await unknown.register();

    expect(ofKnown.status).toBe(202);
    expect(ofUnknown.status).toBe(202);
    expect(ofKnown.text).toBe(ofUnknown.text);
    expect(ofKnown.json()).toEqual({ status: 'verification_sent' });
    expect([...ofKnown.headers.keys()]).toEqual([...ofUnknown.headers.keys()]);
    const mails = await stack.mailbox.waitForMails(known.email, 2);
    expect(mails).toHaveLength(2);
    expect(mails[0]?.text).toContain('already have an account');
    expect(await stack.mailbox.waitForMails(unknown.email, 1)).toHaveLength(1);
  });

  it('keeps the password when the same one is offered twice', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    await stack.mailbox.waitForMails(phone.email, 1);
    expectStatus(await phone.register(), 202);
    expectStatus(await phone.verify(await stack.mailbox.codeFor(phone.email, 2)), 200);
    expect((await phone.login()).status).toBe(200);
  });

  it('keeps no password when two were offered before the address was proved', async () => {
    const [attacker, owner] = await rivals();
    expectStatus(await owner.verify(await stack.mailbox.codeFor(owner.email, 2)), 200);
    expect((await owner.me()).status).toBe(200);
    for (const phone of [attacker, owner]) {
      const refused = await phone.login();
      expect([refused.status, codeOf(refused)]).toEqual([401, 'invalid_credentials']);
    }
  });

  async function rivals(): Promise<[Phone, Phone]> {
    const attacker = stack.phone();
    const owner = stack.phone({ email: attacker.email });
    expectStatus(await attacker.register(), 202);
    await stack.mailbox.waitForMails(owner.email, 1);
    expectStatus(await owner.register(), 202);
    return [attacker, owner];
  }

  it('is no account yet', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    const right = await phone.login();
    expect([right.status, codeOf(right)]).toEqual([403, 'email_unverified']);
    phone.password = 'Wrong-password-1';
    const wrongOne = await phone.login();
    expect([wrongOne.status, codeOf(wrongOne)]).toEqual([401, 'invalid_credentials']);
  });

  it('takes five tries of a code, and no sixth', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    const code = await stack.mailbox.codeFor(phone.email);
    for (const _ of range(5)) {
      const refused = await phone.verify(wrong(code));
      expect([refused.status, codeOf(refused)]).toEqual([401, 'invalid_code']);
    }
    expect((await phone.verify(code)).status).toBe(401);

    expectStatus(await phone.api.post('/v1/auth/verify-email/resend', { email: phone.email }), 202);
    expect((await phone.verify(await stack.mailbox.codeFor(phone.email, 2))).status).toBe(200);
  });

  it('takes the right code at the fifth try', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    const code = await stack.mailbox.codeFor(phone.email);
    for (const _ of range(4)) expectStatus(await phone.verify(wrong(code)), 401);
    expect((await phone.verify(code)).status).toBe(200);
    expect((await phone.verify(code)).status).toBe(401);
  });

  it.each([
    [9, 200],
    [11, 401],
  ])('after %d minutes a code is answered with %d', async (minutes, status) => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    const code = await stack.mailbox.codeFor(phone.email);
    stack.moveClock(minutes * MINUTE_MS);
    expect((await phone.verify(code)).status).toBe(status);
  });

  it('opens one account however often a code is sent at once', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    const code = await stack.mailbox.codeFor(phone.email);
    const statuses = await Promise.all(range(4).map(async () => (await phone.verify(code)).status));
    expect(statuses.sort()).toEqual([200, 401, 401, 401]);
  });

  it('says nothing about an address on resend', async () => {
    const known = await stack.phone().signUp();
    for (const email of [known.email, `${randomUUID()}@example.com`]) {
      const answer = await stack.api.post('/v1/auth/verify-email/resend', { email });
      expect([answer.status, answer.json()]).toEqual([202, { status: 'verification_sent' }]);
    }
  });

  it('knows an address in every spelling', async () => {
    const phone = await stack.phone().signUp();
    const shouting = stack.phone({ email: `  ${phone.email.toUpperCase()} `, password: phone.password });
    expect((await shouting.login()).status).toBe(200);
  });

  it.each([
    ['short', 'Aa1!aaaaaaa'],
    ['without a digit', 'Aaaaaaaaaaa!'],
    ['without a symbol', 'Aaaaaaaaaaa1'],
    ['without an upper-case letter', 'aaaaaaaaaa1!'],
  ])('refuses a password that is %s', async (_, password) => {
    const answer = await stack.phone({ password }).register();
    expect(answer.status).toBe(422);
    expect(answer.json<Problem>().errors).toEqual([
      { path: 'password', message: expect.stringContaining('needs') },
    ]);
  });
});
