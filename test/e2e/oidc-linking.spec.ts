import { expectStatus } from '../support/api';
import { auditOfUser } from '../support/audit';
import { range } from '../support/concurrently';
import { gmail, type Issuer, issuersOf, joinBy, type Provider, signInBy } from '../support/oidc';
import { codeOf, detailOf } from '../support/passwords';
import { TestStack } from '../support/test-stack';

jest.setTimeout(90_000);

describe('whose account an identity opens', () => {
  let stack: TestStack;
  let issuers: Readonly<Record<Provider, Issuer>>;

  beforeAll(async () => {
    stack = await TestStack.start();
    issuers = issuersOf(stack);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  describe('an address that somebody else registered first', () => {
    it.each(['apple', 'google'] as const)('is nobody’s until %s says whose it is', async (provider) => {
      const victim = stack.phone({ email: gmail() });
      const attacker = stack.phone({ email: victim.email });
      expectStatus(await attacker.register(), 202);
      const code = await stack.mailbox.codeFor(victim.email, 1);
      await joinBy(victim, issuers[provider]);
      expect(codeOf(await attacker.login())).toBe('invalid_credentials');
      expect(codeOf(await attacker.verify(code))).toBe('invalid_code');

      // and it stays so when they come again
      expectStatus(await attacker.register(), 202);
      expect(codeOf(await attacker.login())).toBe('invalid_credentials');
      const subjects = (await stack.mailbox.waitForMails(victim.email, 3)).map(({ subject }) => subject);
      expect(subjects).toContain('You already have an account');
      expect((await victim.me()).status).toBe(200);
    });

    it('is the victim’s who registers and verifies it, and Google finds that account', async () => {
      const victim = stack.phone({ email: gmail() });
      const attacker = stack.phone({ email: victim.email });
      expectStatus(await attacker.register(), 202);
      await stack.mailbox.waitForMails(victim.email, 1);
      expectStatus(await victim.register(), 202);
      expectStatus(await victim.verify(await stack.mailbox.codeFor(victim.email, 2)), 200);
      const { id } = victim.session.user;
      expect(codeOf(await attacker.login())).toBe('invalid_credentials');
      await joinBy(victim, issuers.google);
      expect(victim.session.user.id).toBe(id);
      expect(codeOf(await attacker.login())).toBe('invalid_credentials');
    });

    it('is the victim’s whatever happens at the same time', async () => {
      const victims = range(6).map(() => stack.phone({ email: gmail() }));
      await Promise.all(
        victims.map(async (victim) => {
          const attacker = stack.phone({ email: victim.email });
          await Promise.all([attacker.register(), joinBy(victim, issuers.google), attacker.register()]);
          expect(codeOf(await attacker.login())).toBe('invalid_credentials');
          expect((await victim.me()).status).toBe(200);
        }),
      );
    });
  });

  describe('an account that exists', () => {
    it.each<[string, Provider, () => Record<string, unknown>]>([
      ['Apple', 'apple', () => ({})],
      ['Google with a Gmail address', 'google', () => ({})],
      ['Google with a Workspace', 'google', () => ({ hd: 'example.com' })],
    ])('is opened by %s, and its owner is told', async (name, provider, claims) => {
      const isGmail = name.includes('Gmail');
      const phone = await stack.phone({ ...(isGmail && { email: gmail() }) }).signUp();
      const { id } = phone.session.user;
      await joinBy(phone, issuers[provider], { claims: claims() });
      expect(phone.session.user.id).toBe(id);
      expect(await auditOfUser(stack, id)).toEqual(['account.created', 'identity.linked']);
      const [mail] = await stack.mailbox.waitForMails(phone.email, 2);
      expect(mail?.subject).toBe(`${provider === 'apple' ? 'Apple' : 'Google'} now opens your account`);
      // the password goes on, and so does the session that it opened
      expect((await phone.login()).status).toBe(200);
    });

    it('stays closed to Google for an address that others give out', async () => {
      const phone = await stack.phone().signUp();
      const minted = await issuers.google.mint({ email: phone.email });
      const refused = await signInBy(stack.phone(), 'google', minted);
      expect([refused.status, codeOf(refused)]).toEqual([409, 'link_required']);
      expect(detailOf(refused)).toContain('password');
      expect(await auditOfUser(stack, phone.session.user.id)).toEqual(['account.created']);
      expect(await stack.mailbox.to(phone.email)).toHaveLength(1);
    });

    it('stays closed to a second person at the same address', async () => {
      const phone = stack.phone();
      const claims = { hd: 'example.com' };
      await joinBy(phone, issuers.google, { claims });
      const successor = await issuers.google.mint({ email: phone.email, claims });
      expect(codeOf(await signInBy(stack.phone(), 'google', successor))).toBe('link_required');
    });

    it('takes an identity of either provider', async () => {
      const phone = stack.phone({ email: gmail() });
      await joinBy(phone, issuers.google);
      const { id } = phone.session.user;
      await joinBy(phone, issuers.apple);
      expect(phone.session.user.id).toBe(id);
    });

    it('is opened whatever the age of its password', async () => {
      const phone = await stack.phone({ email: gmail() }).signUp();
      await stack.sql(
        "update loopin.users set password_changed_at = now() - interval '91 days' where id = $1",
        [phone.session.user.id],
      );
      expect(codeOf(await phone.login())).toBe('password_expired');
      await joinBy(phone, issuers.google);
    });
  });
});
