import { expectStatus } from '../support/api';
import { concurrently, range } from '../support/concurrently';
import { changePassword, codeOf, forgotPassword, goodPassword, resetPassword } from '../support/passwords';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

describe('guessing at an account', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  /** Another device of nobody, with a wrong password. */
  const guess = (email: string) => stack.phone({ email, password: goodPassword() }).login();
  const codesOf = async (count: number, email: string) => {
    const codes: string[] = [];
    for (const _ of range(count)) codes.push(codeOf(await guess(email)));
    return codes;
  };
  const fiveFailures = Array.from({ length: 5 }, () => 'invalid_credentials');
  const retryAfter = async (email: string) => {
    const answer = expectStatus(await guess(email), 429);
    expect(codeOf(answer)).toBe('account_locked');
    return Number(answer.headers.get('retry-after'));
  };

  it.each(['known', 'unknown'])(
    'is locked after five failures, whatever the device: %s address',
    async (kind) => {
      const phone = kind === 'known' ? await stack.phone().signUp() : stack.phone();
      expect(await codesOf(6, phone.email)).toEqual([...fiveFailures, 'account_locked']);
      const seconds = await retryAfter(phone.email);
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(60);
    },
  );

  it('doubles the lock at each further failure, up to an hour, and forgets in time', async () => {
    const { email } = stack.phone();
    expect(await codesOf(5, email)).toEqual(fiveFailures);
    let offset = 0;
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect(Math.ceil((await retryAfter(email)) / 60)).toBe(minutes);
      offset += minutes * MINUTE_MS + SECOND_MS;
      stack.moveClock(offset);
      expect(codeOf(await guess(email))).toBe('invalid_credentials');
    }
    stack.moveClock(offset + 75 * MINUTE_MS + SECOND_MS);
    expect(await codesOf(6, email)).toEqual([...fiveFailures, 'account_locked']);
    expect(await retryAfter(email)).toBeLessThanOrEqual(60);
  });

  it('counts failures of any 15 minutes, and a success clears them', async () => {
    const phone = await stack.phone().signUp();
    expect(await codesOf(2, phone.email)).toEqual(fiveFailures.slice(3));
    stack.moveClock(14 * MINUTE_MS);
    expect(await codesOf(2, phone.email)).toEqual(fiveFailures.slice(3));
    stack.moveClock(16 * MINUTE_MS);
    expect(await codesOf(2, phone.email)).toEqual(fiveFailures.slice(3));
    expectStatus(await phone.sibling().login(), 200);
    expect(await codesOf(4, phone.email)).toEqual(fiveFailures.slice(1));
    stack.moveClock(32 * MINUTE_MS);
    expect(await codesOf(5, phone.email)).toEqual(fiveFailures);
    expect(codeOf(await guess(phone.email))).toBe('account_locked');
  });

  it('does not lock out a device that signed in before, nor sessions, nor a reset', async () => {
    const phone = await stack.phone().signUp();
    await codesOf(5, phone.email);
    expect(codeOf(await phone.sibling().login())).toBe('account_locked');
    expect((await phone.login()).status).toBe(200);
    expect((await phone.refresh()).status).toBe(200);
    expect((await phone.me()).status).toBe(200);

    const right = phone.password;
    phone.password = goodPassword();
    for (const _ of range(5)) expect(codeOf(await phone.login())).toBe('invalid_credentials');
    phone.password = right;
    expect(codeOf(await phone.login())).toBe('account_locked');
    expect(codeOf(await changePassword(phone, goodPassword()))).toBe('account_locked');

    expectStatus(await forgotPassword(phone), 202);
    phone.password = goodPassword();
    const code = await stack.mailbox.codeFor(phone.email, 2);
    expectStatus(await resetPassword(phone, code, phone.password), 204);
    expect((await phone.login()).status).toBe(200);
    expect((await phone.sibling().login()).status).toBe(200);
  });

  it('tells parallel guesses no more than five answers, and does not mistake parallel sign-ins for them', async () => {
    const phone = await stack.phone().signUp();
    const signedIn = await Promise.all(range(12).map(() => phone.sibling().login()));
    expect(signedIn.map(({ status }) => status)).toEqual(range(12).map(() => 200));

    const guesses = await Promise.all(range(30).map(() => guess(phone.email)));
    const codes = guesses.map(codeOf);
    expect(codes.filter((code) => code === 'invalid_credentials')).toHaveLength(5);
    expect(codes.filter((code) => code === 'account_locked')).toHaveLength(25);
  });

  it('answers a locked account without hashing, and does not count what it refuses', async () => {
    const { email } = stack.phone();
    await codesOf(5, email);
    const refused = await concurrently(range(100), 20, () => guess(email));
    expect(new Set(refused.map(codeOf))).toEqual(new Set(['account_locked']));
    stack.moveClock(MINUTE_MS + SECOND_MS);
    expect(codeOf(await guess(email))).toBe('invalid_credentials');
    expect(Math.ceil((await retryAfter(email)) / 60)).toBe(2);
  });
});

describe('a storm of sign-ins', () => {
  let stack: TestStack;
  let phones: Phone[];
  let bystander: Phone;

  beforeAll(async () => {
    stack = await TestStack.start();
    phones = await concurrently(range(4), 4, () => stack.phone().signUp());
    bystander = await stack.phone().signUp();
  });
  afterAll(() => stack.stop());

  it('is answered at once, in part with 503, and nobody else waits', async () => {
    const storm = range(200).map((index) => phones[index % phones.length]?.login());
    let isOver = false;
    const all = Promise.all(storm).finally(() => {
      isOver = true;
    });
    // on a busy machine the process may say 503 to everybody for a moment
    const served = await waitFor('the bystander', async () => (await bystander.me()).status === 200, 30_000);
    expect([served, isOver]).toEqual([true, false]);
    const answers = await all;
    const refused = answers.filter((answer) => answer?.status === 503);
    expect(answers.filter((answer) => answer?.status === 200).length).toBeGreaterThan(40);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(answer && codeOf(answer)).toBe('overloaded');
      expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await bystander.login()).status).toBe(200);
  });
});
