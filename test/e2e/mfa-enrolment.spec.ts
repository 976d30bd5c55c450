import { expectStatus } from '../support/api';
import { auditOfUser } from '../support/audit';
import { codeOf, refusal } from '../support/passwords';
import type { Phone } from '../support/phone';
import {
  AuthenticatorApp,
  beginTotp,
  claims,
  confirmTotp,
  enrolTotp,
  mailSubjects,
  mfaTokenOf,
  removeTotp,
  signUpWithTotp,
  stepUp,
} from '../support/second-factor';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

const SECOND_MS = 1_000;
const HOUR_MS = 60 * 60 * SECOND_MS;

describe('a second factor', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const enrolled = () => signUpWithTotp(stack);
  const audited = ({ session }: Phone) => auditOfUser(stack, session.user.id, 'mfa.%');
  const subjects = (phone: Phone, count: number) => mailSubjects(stack, phone, count);

  describe('is added', () => {
    it('by a code of the app: ten recovery codes, and the session is aal2 at once and after a refresh', async () => {
      const phone = await stack.phone().signUp();
      const begun = expectStatus(await beginTotp(phone), 200).json<{ secret: string; otpauthUri: string }>();
      expect(begun.otpauthUri).toContain(`secret=${begun.secret}`);
      expect((await phone.me()).json()).toMatchObject({ mfaEnabled: false });

      const app = new AuthenticatorApp(begun.secret);
      expect(refusal(await confirmTotp(phone, app.wrong()))).toEqual([401, 'invalid_code']);
      const confirmed = expectStatus(await confirmTotp(phone, app.code()), 200);
      const { recoveryCodes, ...grant } = confirmed.json<{ recoveryCodes: string[]; accessToken: string }>();
      expect(new Set(recoveryCodes).size).toBe(10);
      expect(grant).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
      const { aal2_at, auth_time } = claims(phone);
      expect(claims(phone)).toMatchObject({ aal: 'aal2', amr: ['otp', 'mfa'] });
      expect(aal2_at).toBe(auth_time);

      expect((await phone.me()).json()).toMatchObject({ mfaEnabled: true });
      expectStatus(await phone.refresh(), 200);
      expect(claims(phone)).toMatchObject({ aal: 'aal2', amr: ['otp', 'mfa'], aal2_at, auth_time });
      expect(await audited(phone)).toEqual(['mfa.totp_added']);
      expect(await subjects(phone, 2)).toContain('Your account has a second factor');
    });

    it('after it was begun anew the secret before is nothing', async () => {
      const phone = await stack.phone().signUp();
      const begin = async () =>
        new AuthenticatorApp(expectStatus(await beginTotp(phone), 200).json<{ secret: string }>().secret);
      const [first, second] = [await begin(), await begin()];
      expect(codeOf(await confirmTotp(phone, first.code()))).toBe('invalid_code');
      expectStatus(await confirmTotp(phone, second.code()), 200);
      expect(refusal(await beginTotp(phone))).toEqual([409, 'mfa_already_enabled']);
      expect(refusal(await confirmTotp(phone, second.codeOfStep(1)))).toEqual([409, 'mfa_already_enabled']);
    });

    it('also when the answer is lost: a refresh tells of it, and without the recovery codes it is begun again', async () => {
      const phone = await stack.phone().signUp();
      const { secret } = expectStatus(await beginTotp(phone), 200).json<{ secret: string }>();
      const app = new AuthenticatorApp(secret);
      const confirm = () =>
        phone.api.post('/v1/auth/mfa/totp/confirm', { code: app.code() }, phone.authorization);
      expectStatus(await confirm(), 200);
      expect(refusal(await confirm())).toEqual([409, 'mfa_already_enabled']);
      expectStatus(await phone.refresh(), 200);
      expect(claims(phone)).toMatchObject({ aal: 'aal2' });
      expectStatus(await removeTotp(phone), 204);
      expectStatus(await phone.refresh(), 200);
      expect((await enrolTotp(stack, phone)).recoveryCodes).toHaveLength(10);
    });

    it('within an hour of its beginning', async () => {
      const phone = await stack.phone().signUp();
      expect(refusal(await confirmTotp(phone, '123456'))).toEqual([409, 'mfa_not_begun']);
      const { secret } = (await beginTotp(phone)).json<{ secret: string }>();
      stack.moveClock(HOUR_MS + SECOND_MS);
      expectStatus(await phone.refresh(), 200);
      const late = new AuthenticatorApp(secret).code(HOUR_MS);
      expect(refusal(await confirmTotp(phone, late))).toEqual([409, 'mfa_not_begun']);
    });
  });

  describe('is removed', () => {
    it('by who gave it a moment ago: sessions are aal1 again, and their access tokens end', async () => {
      const { phone, app, recoveryCodes } = await enrolled();
      const other = phone.sibling();
      expectStatus(await other.loginMfa(mfaTokenOf(await other.login()), app.code()), 200);
      expectStatus(await removeTotp(other), 204);
      expect(refusal(await removeTotp(phone))).toEqual([401, 'unauthenticated']);
      expect((await phone.me()).status).toBe(401);
      for (const one of [phone, other]) {
        expectStatus(await one.refresh(), 200);
        expect(claims(one)).toMatchObject({ aal: 'aal1' });
        expect(claims(one)).not.toHaveProperty('aal2_at');
      }
      expectStatus(await phone.login(), 200);
      expect(claims(phone)).toMatchObject({ aal: 'aal1', amr: ['pwd'] });
      expect(codeOf(await stepUp(phone, { code: recoveryCodes[0] ?? '' }))).toBe('invalid_code');
      expect(await audited(phone)).toEqual(['mfa.totp_added', 'mfa.totp_removed']);
      expect(await subjects(phone, 4)).toContain('Your second factor was removed');
      await enrolTotp(stack, phone);
    });

    it('from the tokens of a session too that was read a moment before', async () => {
      const { phone } = await enrolled();
      await stack.sql('update loopin.users set mfa_enabled = false where id = $1', [phone.session.user.id]);
      expectStatus(await phone.refresh(), 200);
      expect(claims(phone)).toMatchObject({ aal: 'aal1', amr: ['otp'] });
      expect(claims(phone)).not.toHaveProperty('aal2_at');
    });

    it('by an operator: every session ends, sign-in goes on without it, the owner is told', async () => {
      const { phone } = await enrolled();
      await expect(stack.cli('admin', 'reset-mfa', '--email', stack.phone().email)).rejects.toThrow(
        'no account',
      );
      const reset = await stack.cli('admin', 'reset-mfa', '--email', phone.email);
      expect(reset).toEqual({ status: 'reset' });
      await expect(stack.cli('admin', 'reset-mfa', '--email', phone.email)).rejects.toThrow(
        'no second factor',
      );
      expect(refusal(await removeTotp(phone))).toEqual([401, 'unauthenticated']);
      expect(codeOf(await phone.refresh())).toBe('session_revoked');
      expectStatus(await phone.login(), 200);
      expect(claims(phone)).toMatchObject({ aal: 'aal1', amr: ['pwd'] });
      const audit = await stack.sql(
        "select actor, details from loopin.audit_events where action = 'mfa.reset' and target = $1",
        [`user:${phone.session.user.id}`],
      );
      expect(audit).toEqual([{ actor: 'operator', details: { sessionsEnded: 1 } }]);
      expect(await subjects(phone, 3)).toContain('We reset your second factor');
    });
  });
});
