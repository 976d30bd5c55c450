import { expectStatus } from '../support/api';
import { range } from '../support/concurrently';
import { codeOf, errorsOf, forgotPassword, goodPassword, resetPassword } from '../support/passwords';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const MINUTE_MS = 60_000;

describe('a forgotten password', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const wrong = (code: string) => (code === '000000' ? '111111' : '000000');

  it('is replaced with the mailed code: every session ends, the owner is told', async () => {
    const phone = await stack.phone().signUp();
    const old = phone.password;
    expectStatus(await forgotPassword(phone), 202);
    const code = await stack.mailbox.codeFor(phone.email, 2);
    const common = await resetPassword(phone, code, 'P@ssw0rd1234');
    expect(errorsOf(expectStatus(common, 422))).toEqual(['newPassword is too common: others guess it']);
    expect((await resetPassword(phone, code, phone.password)).status).toBe(422);

    phone.password = goodPassword();
    expectStatus(await resetPassword(phone, code, phone.password), 204);
    expect((await phone.me()).status).toBe(401);
    expect(codeOf(await phone.refresh())).toBe('session_revoked');
    expect((await phone.login()).status).toBe(200);
    expect(codeOf(await resetPassword(phone, code, goodPassword()))).toBe('invalid_code');
    const [newest] = await stack.mailbox.waitForMails(phone.email, 3);
    expect(newest?.subject).toBe('Your password was changed');
    phone.password = old;
    expect(codeOf(await phone.login())).toBe('invalid_credentials');
  });

  it('says the same for an address without an account, and mails either', async () => {
    const known = await stack.phone().signUp();
    const unknown = stack.phone();
    const ofKnown = expectStatus(await forgotPassword(known), 202);
    const ofUnknown = expectStatus(await forgotPassword(unknown), 202);
    expect(ofKnown.text).toBe(ofUnknown.text);
    expect([...ofKnown.headers.keys()]).toEqual([...ofUnknown.headers.keys()]);
    const [mail] = await stack.mailbox.waitForMails(unknown.email, 1);
    expect(mail?.text).toContain('There is no account');
    expect(mail?.text).not.toMatch(/\d{6}/);
    expect(codeOf(await resetPassword(unknown, '123456', goodPassword()))).toBe('invalid_code');
  });

  it('gives a code five tries and ten minutes, and only the newest counts', async () => {
    const phone = await stack.phone().signUp();
    await forgotPassword(phone);
    const first = await stack.mailbox.codeFor(phone.email, 2);
    for (const _ of range(5)) {
      expect((await resetPassword(phone, wrong(first), goodPassword())).status).toBe(401);
    }
    expect((await resetPassword(phone, first, goodPassword())).status).toBe(401);

    await forgotPassword(phone);
    const second = await stack.mailbox.codeFor(phone.email, 3);
    stack.moveClock(10 * MINUTE_MS + 1_000);
    expect((await resetPassword(phone, second, goodPassword())).status).toBe(401);
    stack.moveClock(0);
    const parallel = await Promise.all(range(4).map(() => resetPassword(phone, second, goodPassword())));
    expect(parallel.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401]);
  });

  it('gives an account its first one when the registration was disputed', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    await stack.mailbox.waitForMails(phone.email, 1);
    expectStatus(await stack.phone({ email: phone.email }).register(), 202);
    expectStatus(await phone.verify(await stack.mailbox.codeFor(phone.email, 2)), 200);
    expect(codeOf(await phone.login())).toBe('invalid_credentials');

    await forgotPassword(phone);
    phone.password = goodPassword();
    expectStatus(
      await resetPassword(phone, await stack.mailbox.codeFor(phone.email, 3), phone.password),
      204,
    );
    expect((await phone.login()).status).toBe(200);
  });

  it('is no way around the verification of an address', async () => {
    const phone = stack.phone();
    expectStatus(await phone.register(), 202);
    await forgotPassword(phone);
    await stack.mailbox.waitForMails(phone.email, 2);
    expect(codeOf(await phone.login())).toBe('email_unverified');
  });
});
