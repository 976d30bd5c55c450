import { randomUUID } from 'node:crypto';
import { InvalidCode, MfaTokenInvalid } from '../../src/modules/auth/auth.errors';
import type { ProvedIdentity } from '../../src/modules/auth/oidc/id-tokens';
import { LinkRequired } from '../../src/modules/auth/oidc/oidc.errors';
import { MINUTE } from '../../src/shared/clock';
import { newId, type UserId } from '../../src/shared/ids';
import { range } from '../support/concurrently';
import { again, IdentityBed, provedIdentity } from '../support/identity-bed';
import type { AuthenticatorApp } from '../support/second-factor';
import { Services } from '../support/services';

jest.setTimeout(60_000);

describe('a new identity of an account with a second factor', () => {
  let services: Services;
  let bed: IdentityBed;
  let email: string;
  let owner: UserId;
  let app: AuthenticatorApp;
  let mailedBefore: number;

  beforeAll(async () => {
    services = await Services.start();
    bed = new IdentityBed(services, services.database(10));
  });
  beforeEach(async () => {
    email = `${randomUUID()}@gmail.com`;
    owner = await account(email);
    app = await bed.enrol(owner);
    mailedBefore = await mails();
  });
  afterAll(() => services.stop());

  const account = async (address: string): Promise<UserId> => {
    const id = newId<'User'>();
    const empty = { displayName: null, passwordHash: null, passwordChangedAt: null };
    const user = {
      id,
      email: address,
      roles: ['user'] as const,
      rolesVersion: 0,
      mfaEnabled: false,
      ...empty,
    };
    await bed.database.transaction((tx) => bed.accounts.create(tx, user, bed.clock.now()));
    return id;
  };
  const proved = (changes: Partial<ProvedIdentity> = {}) =>
    provedIdentity({ email, authoritative: true, ...changes });
  const code = () => app.codeOfStep(1);
  const facts = async () => {
    const audited = await services.sql<{ action: string }>(
      `select action from loopin.audit_events
       where target = $1 and action = 'identity.linked'`,
      [`user:${owner}`],
    );
    return {
      identities: await bed.identitiesOf(owner),
      sessions: await bed.liveSessions(owner),
      audited: audited.length,
      mailed: (await mails()) - mailedBefore,
    };
  };
  const mails = async () => {
    const query = "select from loopin.mails where template = 'identity-linked'";
    return (await services.sql(query)).length;
  };
  const nothing = { identities: [], sessions: 0, audited: 0, mailed: 0 };
  const waitingCodes = () => services.sql('select from loopin.authorization_codes');

  it('is linked by the transaction that opens the session, after the second factor', async () => {
    const one = proved();
    const mfaToken = await bed.challenged(one);
    expect(await facts()).toEqual(nothing);
    expect(await bed.complete(mfaToken, code())).toBe(owner);
    expect(await facts()).toEqual({ identities: [one.subject], sessions: 1, audited: 1, mailed: 1 });
  });

  it('that was linked before the second factor came is asked for it all the same', async () => {
    const other = `${randomUUID()}@gmail.com`;
    const one = proved({ email: other });
    const user = await bed.signIn(one);
    if (user === undefined) throw new Error('nobody signed in');
    const theirs = await bed.enrol(user);
    const mfaToken = await bed.challenged(again(one));
    expect(await bed.complete(mfaToken, theirs.codeOfStep(1))).toBe(user);
    expect(await bed.identitiesOf(user)).toEqual([one.subject]);
  });

  it('is not linked by a wrong code, a late one, or none', async () => {
    const [failed, late] = [await bed.challenged(proved()), await bed.challenged(proved())];
    for (const _ of range(5)) await expect(bed.complete(failed, app.wrong())).rejects.toThrow(InvalidCode);
    await expect(bed.complete(failed, code())).rejects.toThrow(MfaTokenInvalid);
    bed.clock.forward(5 * MINUTE + 1);
    const then = app.code((5 * MINUTE + 1) * 1000);
    await expect(bed.complete(late, then)).rejects.toThrow(MfaTokenInvalid);
    bed.clock.forward(-(5 * MINUTE + 1));
    expect(await facts()).toEqual(nothing);
  });

  it('is linked once, however often the second step is sent', async () => {
    const one = proved();
    const mfaToken = await bed.challenged(one);
    const outcomes = await Promise.allSettled(range(4).map(() => bed.complete(mfaToken, code())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(bed.complete(mfaToken, app.codeOfStep(1))).rejects.toThrow(MfaTokenInvalid);
    expect(await facts()).toEqual({ identities: [one.subject], sessions: 1, audited: 1, mailed: 1 });
  });

  it('signs in twice when it waited twice', async () => {
    const one = proved();
    const waiting = [await bed.challenged(again(one)), await bed.challenged(again(one))];
    expect(await bed.complete(waiting[0] ?? '', app.code())).toBe(owner);
    expect(await bed.complete(waiting[1] ?? '', code())).toBe(owner);
    expect(await facts()).toEqual({ identities: [one.subject], sessions: 2, audited: 1, mailed: 1 });
  });

  it('opens nothing when it got another account meanwhile', async () => {
    const one = proved();
    const mfaToken = await bed.challenged(one);
    const other = await bed.signIn(again({ ...one, email: `${randomUUID()}@gmail.com` }));
    await expect(bed.complete(mfaToken, code())).rejects.toThrow(MfaTokenInvalid);
    expect(await bed.identitiesOf(other)).toEqual([one.subject]);
    expect(await facts()).toEqual(nothing);
  });

  it('opens nothing when the account got another identity of the provider meanwhile', async () => {
    const [faster, slower] = [proved(), proved()];
    const [first, second] = [await bed.challenged(faster), await bed.challenged(slower)];
    await bed.complete(first, app.code());
    await expect(bed.complete(second, code())).rejects.toThrow(LinkRequired);
    expect(await facts()).toMatchObject({ identities: [faster.subject], sessions: 1 });
  });

  it('opens nothing when the account has another address by now', async () => {
    const mfaToken = await bed.challenged(proved());
    await services.sql('update loopin.users set email = $2 where id = $1', [
      owner,
      `${randomUUID()}@gmail.com`,
    ]);
    await expect(bed.complete(mfaToken, code())).rejects.toThrow(MfaTokenInvalid);
    expect(await facts()).toEqual(nothing);
  });

  it('opens nothing when it was taken from the account meanwhile', async () => {
    const one = proved();
    await bed.complete(await bed.challenged(one), app.code());
    const mfaToken = await bed.challenged(again(one));
    await services.sql('delete from loopin.identities where user_id = $1', [owner]);
    await expect(bed.complete(mfaToken, code())).rejects.toThrow(MfaTokenInvalid);
    expect(await facts()).toMatchObject({ identities: [], sessions: 1 });
  });

  it('lets nobody read who waits, and hands Apple’s code on with the link', async () => {
    const before = (await waitingCodes()).length;
    const one = proved({ provider: 'apple' });
    const mfaToken = await bed.challenged(one, 'a code of apple');
    expect(await waitingCodes()).toHaveLength(before);
    const [row] = await services.sql<{ identity_sealed: Buffer }>(
      'select identity_sealed from loopin.mfa_tokens where user_id = $1',
      [owner],
    );
    for (const secret of [one.subject, email, 'a code of apple'])
      expect(row?.identity_sealed.includes(secret)).toBe(false);
    await bed.complete(mfaToken, code());
    const [handed] = await services.sql<{ lives: boolean }>(
      `select c.expires_at > $2 as lives
       from loopin.authorization_codes c
       join loopin.identities i on i.id = c.identity_id
       where i.user_id = $1`,
      [owner, bed.clock.now()],
    );
    expect(handed).toEqual({ lives: true });
  });
});
