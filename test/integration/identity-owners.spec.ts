import { randomBytes, randomUUID } from 'node:crypto';
import { AuditLog } from '../../src/modules/audit';
import { PgAuditStore } from '../../src/modules/audit/pg-audit.store';
import { PgAccountStore } from '../../src/modules/auth/accounts/pg-account.store';
import { AuthorizationCodes } from '../../src/modules/auth/oidc/authorization-codes';
import type { ProvedIdentity } from '../../src/modules/auth/oidc/id-tokens';
import { IdentityAccounts } from '../../src/modules/auth/oidc/identity-accounts';
import { IdentityOwners } from '../../src/modules/auth/oidc/identity-owners';
import { InvalidIdToken, LinkRequired } from '../../src/modules/auth/oidc/oidc.errors';
import { PgIdentityStore } from '../../src/modules/auth/oidc/pg-identity.store';
import { PgProviderTokenStore } from '../../src/modules/auth/oidc/pg-provider-token.store';
import { Jobs, PgJobStore } from '../../src/modules/jobs';
import { MailService, PgMailStore } from '../../src/modules/mail';
import type { Database } from '../../src/platform/database/database';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { decodeKeyring } from '../../src/shared/keyring';
import { range } from '../support/concurrently';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

/** Something happens between two looks at the tables. */
class InterruptedAccounts extends PgAccountStore {
  interruption: (() => Promise<unknown>) | undefined;

  override async findByEmail(email: string) {
    const { interruption } = this;
    this.interruption = undefined;
    await interruption?.();
    return super.findByEmail(email);
  }
}

describe('whose account an identity opens, at the same time', () => {
  let services: Services;
  let database: Database;
  let accounts: InterruptedAccounts;
  let owners: IdentityOwners;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(10);
    const clock = new TestClock();
    const keys = {
      data: decodeKeyring(services.env('DATA_KEYS')),
      keyEncryption: decodeKeyring(services.env('KEY_ENCRYPTION_KEYS')),
    };
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const jobs = new Jobs(new PgJobStore(database), outbox, clock);
    const identities = new PgIdentityStore(database);
    accounts = new InterruptedAccounts(database);
    owners = new IdentityOwners(
      identities,
      accounts,
      new IdentityAccounts(
        identities,
        accounts,
        new MailService(new PgMailStore(database), outbox, clock, keys),
        new AuditLog(new PgAuditStore(), clock),
        clock,
      ),
      new AuthorizationCodes(new PgProviderTokenStore(database), jobs, clock, keys),
      database,
    );
  });
  afterAll(() => services.stop());

  /** Each has a token of its own. */
  const proved = (changes: Partial<ProvedIdentity>): ProvedIdentity => ({
    provider: 'google',
    subject: randomUUID(),
    email: `${randomUUID()}@example.com`,
    emailVerified: true,
    authoritative: false,
    displayName: null,
    clientId: 'app',
    token: { hash: randomBytes(32), expiresAt: new Date(Date.now() + 60_000) },
    ...changes,
  });
  const again = (one: ProvedIdentity): ProvedIdentity => ({ ...one, token: proved({}).token });

  it.each([true, false])('is one, however many come first (authoritative: %s)', async (authoritative) => {
    for (const _ of range(10)) {
      const one = proved({ authoritative });
      const users = await Promise.all(range(6).map(() => owners.ownerOf(again(one), undefined)));
      expect(new Set(users.map(({ id }) => id)).size).toBe(1);
    }
  });

  it('is that of the address, however many link it', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const owner = await owners.ownerOf(
        proved({ provider: 'apple', email, authoritative: true }),
        undefined,
      );
      const one = proved({ email, authoritative: true });
      const users = await Promise.all(range(6).map(() => owners.ownerOf(again(one), undefined)));
      expect(users.map(({ id }) => id)).toEqual(range(6).map(() => owner.id));
    }
  });

  it.each([true, false])('is that of who was a moment faster (authoritative: %s)', async (authoritative) => {
    const one = proved({ authoritative });
    let faster: { id: string } | undefined;
    accounts.interruption = async () => {
      faster = await owners.ownerOf(again(one), undefined);
    };
    const slower = await owners.ownerOf(again(one), undefined);
    expect(slower.id).toBe(faster?.id);
  });

  it('is one for Apple and Google at the same address', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const both = (['apple', 'google'] as const).map((provider) =>
        proved({ provider, email, authoritative: true }),
      );
      const users = await Promise.all(both.map((one) => owners.ownerOf(one, undefined)));
      expect(users[0]?.id).toBe(users[1]?.id);
    }
  });

  it('is never shared by two people of one provider', async () => {
    for (const _ of range(10)) {
      const email = `${randomUUID()}@gmail.com`;
      const two = range(2).map(() => owners.ownerOf(proved({ email, authoritative: true }), undefined));
      const outcomes = await Promise.allSettled(two);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refused = outcomes.find(({ status }) => status === 'rejected');
      expect(refused).toMatchObject({ reason: expect.any(LinkRequired) });
    }
  });

  it('is opened by a token once', async () => {
    const one = proved({});
    const outcomes = await Promise.allSettled(range(6).map(() => owners.ownerOf(one, undefined)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidIdToken);
    }
  });

  it('does not cost the token when it is refused', async () => {
    const first = proved({});
    await owners.ownerOf(first, undefined);
    const second = proved({ email: first.email });
    await expect(owners.ownerOf(second, undefined)).rejects.toBeInstanceOf(LinkRequired);
    const rows = await services.sql('select from loopin.spent_id_tokens where token_hash = $1', [
      second.token.hash,
    ]);
    expect(rows).toHaveLength(0);
  });
});
