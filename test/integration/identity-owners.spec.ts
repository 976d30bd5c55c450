import { randomUUID } from 'node:crypto';
import { InvalidIdToken, LinkRequired } from '../../src/modules/auth/oidc/oidc.errors';
import type { UserId } from '../../src/shared/ids';
import { range } from '../support/concurrently';
import { again, IdentityBed, provedIdentity as proved } from '../support/identity-bed';
import { Services } from '../support/services';

jest.setTimeout(60_000);

describe('whose account an identity opens, at the same time', () => {
  let services: Services;
  let bed: IdentityBed;

  beforeAll(async () => {
    services = await Services.start();
    bed = new IdentityBed(services, services.database(10));
  });
  afterAll(() => services.stop());

  it.each([true, false])('is one, however many come first (authoritative: %s)', async (authoritative) => {
    for (const _ of range(10)) {
      const one = proved({ authoritative });
      const users = await Promise.all(range(6).map(() => bed.signIn(again(one))));
      expect(new Set(users).size).toBe(1);
      expect(await bed.identitiesOf(users[0])).toEqual([one.subject]);
    }
  });

  it('is that of the address, however many link it', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const apple = proved({ provider: 'apple', email, authoritative: true });
      const owner = await bed.signIn(apple);
      const one = proved({ email, authoritative: true });
      const users = await Promise.all(range(6).map(() => bed.signIn(again(one))));
      expect(users).toEqual(range(6).map(() => owner));
      expect(await bed.identitiesOf(owner)).toEqual([apple.subject, one.subject]);
      const linked = await services.sql(
        "select from loopin.audit_events where target = $1 and action = 'identity.linked'",
        [`user:${owner}`],
      );
      expect(linked).toHaveLength(1);
    }
  });

  it.each([true, false])('is that of who was a moment faster (authoritative: %s)', async (authoritative) => {
    const one = proved({ authoritative });
    let faster: UserId | undefined;
    bed.accounts.interruption = async () => {
      faster = await bed.signIn(again(one));
    };
    const slower = await bed.signIn(again(one));
    expect(slower).toBe(faster);
  });

  it('is one for Apple and Google at the same address', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const both = (['apple', 'google'] as const).map((provider) =>
        proved({ provider, email, authoritative: true }),
      );
      const users = await Promise.all(both.map((one) => bed.signIn(one)));
      expect(users[0]).toBe(users[1]);
    }
  });

  it('is never shared by two people of one provider', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const two = range(2).map(() => bed.signIn(proved({ email, authoritative: true })));
      const outcomes = await Promise.allSettled(two);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.find(({ status }) => status === 'rejected');
      expect(refused).toMatchObject({ reason: expect.any(LinkRequired) });
    }
  });

  it('is that of one of two people who link themselves to it', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const owner = await bed.signIn(proved({ provider: 'apple', email, authoritative: true }));
      const two = range(2).map(() => bed.signIn(proved({ email, authoritative: true })));
      const outcomes = await Promise.allSettled(two);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.find(({ status }) => status === 'rejected');
      expect(refused).toMatchObject({ reason: expect.any(LinkRequired) });
      expect([await bed.identitiesOf(owner), await bed.liveSessions(owner)]).toEqual([expect.any(Array), 2]);
    }
  });

  it('is opened by a token once', async () => {
    const one = proved({});
    const outcomes = await Promise.allSettled(range(6).map(() => bed.signIn(one)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidIdToken);
    }
  });

  it('does not cost the token when it is refused', async () => {
    const first = proved({});
    await bed.signIn(first);
    const second = proved({ email: first.email });
    await expect(bed.signIn(second)).rejects.toBeInstanceOf(LinkRequired);
    const rows = await services.sql('select from loopin.spent_id_tokens where token_hash = $1', [
      second.token.hash,
    ]);
    expect(rows).toHaveLength(0);
  });
});
