import { expectStatus } from '../support/api';
import { auditOfUser } from '../support/audit';
import { range } from '../support/concurrently';
import { DpopKey } from '../support/dpop-key';
import { gmail, issuersOf, signInBy } from '../support/oidc';
import { codeOf, forgotPassword, goodPassword, refusal, resetPassword } from '../support/passwords';
import type { Phone, Session } from '../support/phone';
import {
  claims,
  enrolTotp,
  mailSubjects,
  mfaTokenOf,
  signUpWithTotp,
  stepUp,
} from '../support/second-factor';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

describe('a second factor is asked for at sign-in', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  /** Where a few seconds more or less are the same step of 30 s. */
  const middleOfAStep = () => MINUTE_MS + 10 * SECOND_MS - (Date.now() % (30 * SECOND_MS));
  const enrolled = () => signUpWithTotp(stack);
  const audited = ({ session }: Phone) => auditOfUser(stack, session.user.id, 'mfa.%');
  const subjects = (phone: Phone, count: number) => mailSubjects(stack, phone, count);

  it('after the password: then the session is aal2, on the device that signed in', async () => {
    const { phone, app } = await enrolled();
    const other = phone.sibling();
    const mfaToken = mfaTokenOf(await other.login());
    expectStatus(await other.loginMfa(mfaToken, app.code()), 200);
    expect(claims(other)).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp', 'mfa'], did: other.deviceId });
    expect(claims(other).aal2_at).toEqual(expect.any(Number));
    expect(other.session.user).toMatchObject({ mfaEnabled: true });
    expect(await subjects(phone, 3)).toContain('A new device signed in');
    expectStatus(await other.refresh(), 200);
    expect(claims(other)).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp', 'mfa'] });

    other.password = goodPassword();
    expect(codeOf(await other.login())).toBe('invalid_credentials');
  });

  it('and each code is good once, however often it is sent at the same time', async () => {
    const { phone, app } = await enrolled();
    const tokens = await Promise.all(range(5).map(async () => mfaTokenOf(await phone.sibling().login())));
    const code = app.code();
    const answers = await Promise.all(tokens.map((token) => phone.sibling().loginMfa(token, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401]);
    expect(codeOf(await phone.loginMfa(mfaTokenOf(await phone.login()), code))).toBe('invalid_code');
    expectStatus(await phone.loginMfa(mfaTokenOf(await phone.login()), app.codeOfStep(1)), 200);
    const before = await phone.loginMfa(mfaTokenOf(await phone.login()), code);
    expect(refusal(before)).toEqual([401, 'invalid_code']);
  });

  it('of the step before or after, not of those beyond', async () => {
    const { phone, app } = await enrolled();
    const mfaToken = mfaTokenOf(await phone.login());
    const offsetMs = middleOfAStep();
    stack.moveClock(offsetMs);
    for (const beyond of [-2, 2]) {
      const answer = await phone.loginMfa(mfaToken, app.codeOfStep(beyond, offsetMs));
      expect(refusal(answer)).toEqual([401, 'invalid_code']);
    }
    expectStatus(await phone.loginMfa(mfaToken, app.codeOfStep(-1, offsetMs)), 200);
    const next = mfaTokenOf(await phone.login());
    expectStatus(await phone.loginMfa(next, app.codeOfStep(1, offsetMs)), 200);
  });

  it('by a token that is good once, for five tries and five minutes', async () => {
    const { phone, app } = await enrolled();
    const used = mfaTokenOf(await phone.login());
    expectStatus(await phone.loginMfa(used, app.code()), 200);
    expect(refusal(await phone.loginMfa(used, app.codeOfStep(1)))).toEqual([401, 'mfa_token_invalid']);

    const tried = mfaTokenOf(await phone.login());
    for (const _ of range(5)) expect(codeOf(await phone.loginMfa(tried, app.wrong()))).toBe('invalid_code');
    expect(codeOf(await phone.loginMfa(tried, app.codeOfStep(1)))).toBe('mfa_token_invalid');

    const late = mfaTokenOf(await phone.login());
    stack.moveClock(5 * MINUTE_MS + SECOND_MS);
    expect(codeOf(await phone.loginMfa(late, app.code(5 * MINUTE_MS)))).toBe('mfa_token_invalid');
    expect(codeOf(await phone.loginMfa('unknown', app.code(5 * MINUTE_MS)))).toBe('mfa_token_invalid');
  });

  it('or a recovery code in its place, once, however it is typed, and the owner is told', async () => {
    const { phone, recoveryCodes } = await enrolled();
    const [first = '', second = ''] = recoveryCodes;
    const typed = first.toLowerCase().replace('-', ' ');
    expectStatus(await phone.loginMfa(mfaTokenOf(await phone.login()), typed), 200);
    expect(claims(phone)).toMatchObject({ aal: 'aal2', amr: ['pwd', 'mfa'] });
    const again = mfaTokenOf(await phone.login());
    expect(codeOf(await phone.loginMfa(again, first))).toBe('invalid_code');
    const parallel = await Promise.all(range(4).map(async () => mfaTokenOf(await phone.sibling().login())));
    const answers = await Promise.all(parallel.map((token) => phone.sibling().loginMfa(token, second)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await audited(phone)).toEqual([
      'mfa.totp_added',
      'mfa.recovery_code_used',
      'mfa.recovery_code_used',
    ]);
    const mails = await stack.mailbox.waitForMails(phone.email, 5);
    expect(mails.map(({ text }) => text).join('\n')).toMatch(/8 of them are left/);
  });

  it('ten wrong codes an hour are all that an account takes, of any token, kind or caller', async () => {
    const { phone, app, recoveryCodes } = await enrolled();
    const guesses = [...range(6).map(() => app.wrong()), ...range(14).map(() => 'AAAAA-AAAAA')];
    const tokens = await Promise.all(guesses.map(async () => mfaTokenOf(await phone.sibling().login())));
    const answers = await Promise.all(
      guesses.map((guess, index) => phone.sibling().loginMfa(tokens[index] ?? '', guess)),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'invalid_code')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(10);

    const limited = await phone.loginMfa(mfaTokenOf(await phone.login()), app.code());
    expect(refusal(limited)).toEqual([429, 'rate_limited']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(limited.headers.get('ratelimit-policy')).toBe('"mfa";q=10;w=3600');
    expect(codeOf(await phone.loginMfa(mfaTokenOf(await phone.login()), recoveryCodes[0] ?? ''))).toBe(
      'rate_limited',
    );
    expect(codeOf(await stepUp(phone, { code: app.code() }))).toBe('rate_limited');
    expect(await audited(phone)).toEqual(['mfa.totp_added', 'mfa.guessed']);
    expect(await subjects(phone, 3)).toContain('Someone tries to guess your second factor');

    stack.moveClock(HOUR_MS + SECOND_MS);
    const after = mfaTokenOf(await phone.login());
    expectStatus(await phone.loginMfa(after, app.code(HOUR_MS + SECOND_MS)), 200);
  });

  it.each(['apple', 'google'] as const)('after %s as well as after a password', async (provider) => {
    const issuer = issuersOf(stack)[provider];
    const phone = await stack.phone({ email: gmail() }).signUp();
    const { app } = await enrolTotp(stack, phone);
    const other = phone.sibling();
    const minted = await issuer.mint({ email: phone.email });
    const mfaToken = mfaTokenOf(await signInBy(other, provider, minted));
    // who has the mailbox but not the second factor links nothing
    expect(await auditOfUser(stack, phone.session.user.id, 'identity.%')).toEqual([]);
    expectStatus(await other.loginMfa(mfaToken, app.code()), 200);
    expect(await auditOfUser(stack, phone.session.user.id, 'identity.%')).toEqual(['identity.linked']);
    const told = `${provider === 'apple' ? 'Apple' : 'Google'} now opens your account`;
    expect(await subjects(phone, 4)).toContain(told);
    expect(claims(other)).toMatchObject({ aal: 'aal2', amr: [provider, 'otp', 'mfa'] });
    expect(other.session.user.id).toBe(phone.session.user.id);
  });

  it('with the key of the first step: who has the token and a code but not the key gets nothing', async () => {
    const { phone, app } = await enrolled();
    const [key, thief] = await Promise.all(range(2).map(() => DpopKey.generate(stack.local.url)));
    if (key === undefined || thief === undefined) throw new Error('no keys');
    const path = '/v1/auth/login/mfa';
    const second = (mfaToken: string, by: DpopKey | undefined) => {
      const send = async () => {
        const dpop = await by?.proof('POST', path, { nonce: by.nonce });
        const body = { mfaToken, code: app.code() };
        return stack.api.post(path, body, dpop === undefined ? {} : { dpop });
      };
      return by === undefined ? send() : by.challenged(send);
    };
    const mfaToken = mfaTokenOf(await key.challenged(() => key.loginOnce(phone)));
    for (const by of [thief, undefined])
      expect(refusal(await second(mfaToken, by))).toEqual([401, 'mfa_token_invalid']);
    const session = expectStatus(await second(mfaToken, key), 200).json<Session>();
    expect(session.tokenType).toBe('DPoP');
    expect((await key.get(phone, session)).status).toBe(200);
    expect(refusal(await second(mfaTokenOf(await phone.login()), key))).toEqual([401, 'mfa_token_invalid']);

    const stepUpPath = '/v1/auth/step-up';
    const stepped = await key.challenged(async () =>
      phone.api.post(stepUpPath, { code: app.codeOfStep(1) }, await key.headers(session, 'POST', stepUpPath)),
    );
    expect(expectStatus(stepped, 200).json()).toMatchObject({ tokenType: 'DPoP' });
  });

  it('before the age of the password is looked at', async () => {
    const { phone, app } = await enrolled();
    const age = 90 * DAY_MS + SECOND_MS;
    stack.moveClock(age);
    const mfaToken = mfaTokenOf(await phone.login());
    expect(codeOf(await phone.loginMfa(mfaToken, app.wrong(age)))).toBe('invalid_code');
    const expired = await phone.loginMfa(mfaToken, app.code(age));
    expect(refusal(expired)).toEqual([403, 'password_expired']);
    const { passwordChangeToken } = expired.json<{ passwordChangeToken: string }>();
    const newPassword = goodPassword();
    const body = { passwordChangeToken, newPassword };
    expectStatus(await stack.api.post('/v1/auth/password/change', body), 204);
    phone.password = newPassword;
    expectStatus(await phone.loginMfa(mfaTokenOf(await phone.login()), app.codeOfStep(1, age)), 200);
  });

  it('after a reset of the password too, which ends the sign-ins that were waiting', async () => {
    const { phone, app } = await enrolled();
    const waiting = mfaTokenOf(await phone.login());
    await stack.mailbox.waitForMails(phone.email, 2);
    expectStatus(await forgotPassword(phone), 202);
    phone.password = goodPassword();
    const code = await stack.mailbox.codeFor(phone.email, 3);
    expectStatus(await resetPassword(phone, code, phone.password), 204);
    expect(codeOf(await phone.loginMfa(waiting, app.code()))).toBe('mfa_token_invalid');
    expectStatus(await phone.loginMfa(mfaTokenOf(await phone.login()), app.code()), 200);
  });

  it('and what does not look like a code is a wrong one', async () => {
    const { phone } = await enrolled();
    const mfaToken = mfaTokenOf(await phone.login());
    for (const odd of ['1', '\uff11\uff12\uff13\uff14\uff15\uff16', 'no code at all, é', '😀😀😀'])
      expect(refusal(await phone.loginMfa(mfaToken, odd))).toEqual([401, 'invalid_code']);
    expect(codeOf(await phone.loginMfa(mfaToken, ' '))).toBe('validation_failed');
  });
});
