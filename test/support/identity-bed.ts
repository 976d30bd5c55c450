import { randomBytes, randomUUID } from 'node:crypto';
import { PgAccountStore } from '../../src/modules/auth/accounts/pg-account.store';
import { MfaRequired } from '../../src/modules/auth/auth.errors';
import { throwAfterCommit } from '../../src/modules/auth/mfa/commit';
import { MfaChallenges } from '../../src/modules/auth/mfa/mfa-challenges';
import { MfaNotices } from '../../src/modules/auth/mfa/mfa-notices';
import { PgMfaTokenStore } from '../../src/modules/auth/mfa/pg-mfa-token.store';
import { PgSecondFactorStore } from '../../src/modules/auth/mfa/pg-second-factor.store';
import { RecoveryCodes } from '../../src/modules/auth/mfa/recovery-codes';
import { SecondFactors } from '../../src/modules/auth/mfa/second-factors';
import { AuthorizationCodes } from '../../src/modules/auth/oidc/authorization-codes';
import type { ProvedIdentity } from '../../src/modules/auth/oidc/id-tokens';
import { IdentityAccounts } from '../../src/modules/auth/oidc/identity-accounts';
import { IdentityEntrance } from '../../src/modules/auth/oidc/identity-entrance';
import { IdentityOwners } from '../../src/modules/auth/oidc/identity-owners';
import { PgIdentityStore } from '../../src/modules/auth/oidc/pg-identity.store';
import { PgProviderTokenStore } from '../../src/modules/auth/oidc/pg-provider-token.store';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import { ProvedSignIn } from '../../src/modules/auth/sessions/proved-sign-in';
import { Jobs, PgJobStore } from '../../src/modules/jobs';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { DeviceId, UserId } from '../../src/shared/ids';
import { authServices } from './auth-services';
import { AuthenticatorApp } from './second-factor';
import type { Services } from './services';
import { TestClock } from './test-clock';

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

/** Somebody as a provider knows them, by a token of their own. */
export const provedIdentity = (changes: Partial<ProvedIdentity>): ProvedIdentity => ({
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

/** The same person with the next token. */
export const again = (one: ProvedIdentity): ProvedIdentity => ({ ...one, token: provedIdentity({}).token });

/** From an identity to a session on real Postgres, without HTTP and without a provider. */
export class IdentityBed {
  readonly clock = new TestClock();
  readonly accounts: InterruptedAccounts;
  readonly owners: IdentityOwners;
  readonly auth: ReturnType<typeof authServices>;
  readonly #signIns: ProvedSignIn;
  readonly #factors: SecondFactors;

  constructor(
    readonly services: Services,
    readonly database: Database,
  ) {
    const { clock } = this;
    this.accounts = new InterruptedAccounts(database);
    this.auth = authServices(services, database, clock, new PasswordHasher(new Shutdown()));
    const { keys, mails, audit, expiry, opening } = this.auth;
    const identities = new PgIdentityStore(database);
    const entry = new IdentityAccounts(identities, this.accounts, mails, audit, clock);
    this.owners = new IdentityOwners(identities, this.accounts, entry, database, clock);
    const jobs = new Jobs(new PgJobStore(database), new Outbox(clock, new RelayOnly(), database), clock);
    const codes = new AuthorizationCodes(new PgProviderTokenStore(database), jobs, keys);
    const notices = new MfaNotices(this.accounts, mails, audit);
    this.#factors = new SecondFactors(
      new PgSecondFactorStore(),
      new RecoveryCodes(keys),
      notices,
      clock,
      keys,
    );
    const tokens = new PgMfaTokenStore(database, keys);
    const challenges = new MfaChallenges(tokens, this.#factors, this.accounts, database, clock);
    this.#signIns = new ProvedSignIn(
      challenges,
      expiry,
      new IdentityEntrance(identities, entry, codes),
      opening,
    );
  }

  /** @returns whose session it is; undefined when something overtook the sign-in */
  async signIn(proved: ProvedIdentity, code?: string): Promise<UserId | undefined> {
    const { user, identity } = await this.owners.ownerOf(proved, code);
    const device = { deviceId: randomUUID() as DeviceId, platform: 'ios', appVersion: '1.0.0' } as const;
    const step = { device, amr: [proved.provider], dpopJkt: undefined, identity };
    return (await this.#signIns.admit(user, step))?.session.userId;
  }

  /** @returns the token for the second step */
  async challenged(proved: ProvedIdentity, code?: string): Promise<string> {
    const refusal = await this.signIn(proved, code).catch((error: unknown) => error);
    if (!(refusal instanceof MfaRequired)) throw new Error(`no second factor was asked for: ${refusal}`);
    return String(refusal.details.members?.mfaToken);
  }

  async complete(mfaToken: string, code: string): Promise<UserId> {
    return (await this.#signIns.complete(mfaToken, code, undefined)).session.userId;
  }

  /** @returns the authenticator app of that user from now on; the codes of the steps after this one are unused */
  async enrol(userId: UserId): Promise<AuthenticatorApp> {
    const secret = await this.database.transaction((tx) => this.#factors.begin(tx, userId));
    const app = AuthenticatorApp.of(secret);
    // a step ago: of then the code is confirmed, whatever moment this is
    this.clock.forward(-30);
    await throwAfterCommit(this.database, (tx) => this.#factors.confirm(tx, userId, app.codeOfStep(-1)));
    this.clock.forward(30);
    return app;
  }

  /** Of the identities that open an account. */
  async identitiesOf(userId: UserId | undefined): Promise<string[]> {
    const rows = await this.services.sql<{ subject: string }>(
      'select subject from loopin.identities where user_id = $1 order by created_at',
      [userId],
    );
    return rows.map(({ subject }) => subject);
  }

  async liveSessions(userId: UserId | undefined): Promise<number> {
    const query = 'select from loopin.sessions where user_id = $1 and revoked_at is null';
    return (await this.services.sql(query, [userId])).length;
  }
}
