import { randomUUID } from 'node:crypto';
import { expectStatus } from '../support/api';
import { codeOf, errorsOf, forgotPassword, goodPassword, resetPassword } from '../support/passwords';
import { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

describe('an account and its owner', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const another = () => `moved-${randomUUID()}@example.com`;
  const change = (phone: Phone, newEmail: string) =>
    phone.api.post('/v1/auth/email/change', { newEmail }, phone.authorization);
  const confirm = (phone: Phone, code: string) =>
    phone.api.post('/v1/auth/email/confirm', { code }, phone.authorization);
  const undo = (token: string) => stack.api.post('/v1/auth/email/undo', { token });
  /** The token of the newest mail, which is the n-th. */
  const tokenFor = async (email: string, mails: number): Promise<string> => {
    const [newest] = await stack.mailbox.waitForMails(email, mails);
    return newest?.text.trim().split('\n').at(-1) ?? '';
  };
  const move = async (phone: Phone, newEmail: string): Promise<void> => {
    expectStatus(await change(phone, newEmail), 202);
    expectStatus(await confirm(phone, await stack.mailbox.codeFor(newEmail)), 204);
  };

  it('moves to another address once that is proved', async () => {
    const phone = await stack.phone().signUp();
    const newEmail = another();
    expectStatus(await change(phone, ` ${newEmail.toUpperCase()} `), 202);
    expect((await phone.me()).json()).toMatchObject({ email: phone.email });
    const code = await stack.mailbox.codeFor(newEmail);
    expect(codeOf(await confirm(phone, code === '000000' ? '111111' : '000000'))).toBe('invalid_code');
    expectStatus(await confirm(phone, code), 204);
    expect(codeOf(await confirm(phone, code))).toBe('invalid_code');
    expect((await phone.me()).json()).toMatchObject({ email: newEmail });
    const [told] = await stack.mailbox.waitForMails(phone.email, 2);
    expect(told?.subject).toBe('Your account has another address');
    expect(codeOf(await phone.login())).toBe('invalid_credentials');
    const moved = new Phone(stack.api.url, stack.mailbox, { email: newEmail, password: phone.password });
    expectStatus(await moved.login(), 200);
  });

  it('says the same of an address that has an account, whose owner alone is told', async () => {
    const [phone, owner] = [await stack.phone().signUp(), await stack.phone().signUp()];
    const ofTaken = expectStatus(await change(phone, owner.email), 202);
    const ofFree = expectStatus(await change(phone, another()), 202);
    expect(ofTaken.text).toBe(ofFree.text);
    const [mail] = await stack.mailbox.waitForMails(owner.email, 2);
    expect(mail?.subject).toBe('You already have an account');
    expect(errorsOf(expectStatus(await change(phone, phone.email), 422))).toEqual([
      'newEmail is the address of the account already',
    ]);
  });

  it('asks for a fresh proof; a code is good for ten minutes, and only the newest', async () => {
    const phone = await stack.phone().signUp();
    const newEmail = another();
    await change(phone, newEmail);
    const first = await stack.mailbox.codeFor(newEmail);
    await change(phone, newEmail);
    const second = await stack.mailbox.codeFor(newEmail, 2);
    if (first !== second) expect(codeOf(await confirm(phone, first))).toBe('invalid_code');
    stack.moveClock(11 * MINUTE_MS);
    expect(codeOf(await confirm(phone, second))).toBe('invalid_code');
    expect(codeOf(await change(phone, newEmail))).toBe('step_up_required');
  });

  it('tells the second of two who wanted one address', async () => {
    const [one, two] = [await stack.phone().signUp(), await stack.phone().signUp()];
    const newEmail = another();
    await change(one, newEmail);
    const codeOfOne = await stack.mailbox.codeFor(newEmail);
    await change(two, newEmail);
    const codeOfTwo = await stack.mailbox.codeFor(newEmail, 2);
    expectStatus(await confirm(one, codeOfOne), 204);
    expect(codeOf(await confirm(two, codeOfTwo))).toBe('email_taken');
  });

  it('comes back to who owned the address before, and nobody else is in it', async () => {
    const thief = await stack.phone().signUp();
    const owned = thief.email;
    await move(thief, another());
    const firstToken = await tokenFor(owned, 2);
    const third = another();
    await move(thief, third);
    expect(codeOf(await undo('unknown'))).toBe('email_undo_invalid');
    expectStatus(await undo(firstToken), 204);
    expect(codeOf(await undo(firstToken))).toBe('email_undo_invalid');
    expectStatus(await thief.me(), 401);
    expect(codeOf(await thief.refresh())).toBe('session_revoked');
    expect(codeOf(await thief.login())).toBe('invalid_credentials');

    const owner = new Phone(stack.api.url, stack.mailbox, { email: owned });
    await stack.mailbox.waitForMails(owned, 3);
    expectStatus(await forgotPassword(owner), 202);
    owner.password = goodPassword();
    expectStatus(await resetPassword(owner, await stack.mailbox.codeFor(owned, 4), owner.password), 204);
    expectStatus(await owner.login(), 200);
    const [left] = await stack.sql(
      'select count(*)::int as count from loopin.email_undos where user_id = $1',
      [owner.session.user.id],
    );
    expect(left).toEqual({ count: 0 });
  });

  it('can be taken back for seven days', async () => {
    const phone = await stack.phone().signUp();
    await move(phone, another());
    const token = await tokenFor(phone.email, 2);
    stack.moveClock(7 * DAY_MS + MINUTE_MS);
    expect(codeOf(await undo(token))).toBe('email_undo_invalid');
    stack.moveClock(6 * DAY_MS);
    expectStatus(await undo(token), 204);
  });

  it('takes another name, for what was read', async () => {
    const phone = await stack.phone().signUp();
    const patch = (body: unknown, headers = {}) =>
      phone.api.request('PATCH', '/v1/me', { headers: { ...phone.authorization, ...headers }, body });
    const tag = (await phone.me()).headers.get('etag') ?? '';
    expect(expectStatus(await patch({ displayName: 'Ada' }, { 'if-match': tag }), 200).json()).toMatchObject({
      displayName: 'Ada',
    });
    expect(codeOf(await patch({ displayName: 'Eve' }, { 'if-match': tag }))).toBe('precondition_failed');
    expect(expectStatus(await patch({}), 200).json()).toMatchObject({ displayName: 'Ada' });
    expect(expectStatus(await patch({ displayName: null }), 200).json()).toMatchObject({ displayName: null });
    expectStatus(await patch({ email: another() }), 422);
  });
});
