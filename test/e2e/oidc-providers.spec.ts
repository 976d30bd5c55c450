import { randomUUID } from 'node:crypto';
import { decodeKeyring } from '../../src/shared/keyring';
import { findFreePort } from '../../tools/local/ports.mts';
import { expectStatus } from '../support/api';
import { type Issuer, issuersOf, joinBy, type Minted, type Provider, signInBy } from '../support/oidc';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const HOUR_MS = 3_600_000;
const EXCHANGE_BOUND_MS = 30_000;
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe('Apple and Google as servers', () => {
  let stack: TestStack;
  let issuers: Readonly<Record<Provider, Issuer>>;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'debug' } });
    issuers = issuersOf(stack);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  describe('while a provider is away', () => {
    const away = async (issuer: Issuer, work: () => Promise<void>) => {
      await issuer.fault({ status: 503 });
      try {
        await work();
      } finally {
        await issuer.fault({});
      }
    };

    it('goes on with the keys that are known, also in a process that starts then', async () => {
      await joinBy(stack.phone(), issuers.google);
      await away(issuers.google, async () => {
        await joinBy(stack.phone(), issuers.google);
        const { url } = await stack.startProcess('web', await findFreePort());
        const phone = stack.phone();
        const minted = await issuers.google.mint();
        const body = { ...minted, device: phone.device };
        const answer = await fetch(`${url}/v1/auth/oidc/google`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect(answer.status).toBe(200);
        // an hour later the keys are due, and still the last that are known
        stack.moveClock(2 * HOUR_MS);
        const iat = nowSeconds() + 2 * 3_600;
        await joinBy(stack.phone(), issuers.google, { claims: { iat, exp: iat + 600 } });
      });
    });

    it('finds new keys by itself', async () => {
      await joinBy(stack.phone(), issuers.google);
      await issuers.google.rotate();
      // past the cool-down after the last look
      stack.moveClock(60_000);
      await joinBy(stack.phone(), issuers.google);
    });

    it('signs in at once when Apple does not answer, and exchanges the code later', async () => {
      await joinBy(stack.phone(), issuers.apple);
      const phone = stack.phone();
      const before = (await issuers.apple.calls()).token;
      await away(issuers.apple, async () => {
        await joinBy(phone, issuers.apple);
        await waitFor('a try', async () => (await issuers.apple.calls()).token > before, EXCHANGE_BOUND_MS);
      });
      await waitFor('the exchange', () => sealedTokenOf(phone.session.user.id), 60_000);
    });
  });

  const sealedTokenOf = async (userId: string) => {
    const [row] = await stack.sql<{ id: string; refresh_token_sealed: Buffer | null }>(
      'select id, refresh_token_sealed from loopin.identities where user_id = $1',
      [userId],
    );
    return row?.refresh_token_sealed ? { id: row.id, sealed: row.refresh_token_sealed } : undefined;
  };
  const codesLeft = () => stack.sql('select from loopin.authorization_codes');

  describe('the authorization code of Apple', () => {
    it('becomes a refresh token that lies under the data key', async () => {
      const phone = stack.phone();
      const subject = randomUUID();
      await joinBy(phone, issuers.apple, { subject, clientId: 'com.loopin.web' });
      const { id, sealed } = await waitFor(
        'the exchange',
        () => sealedTokenOf(phone.session.user.id),
        EXCHANGE_BOUND_MS,
      );
      const issued = (await issuers.apple.refreshTokens()).find((token) => token.subject === subject);
      expect(issued?.clientId).toBe('com.loopin.web');
      const opened = decodeKeyring(stack.local.env.DATA_KEYS ?? '').open(
        sealed,
        `provider-refresh-token:${id}`,
      );
      expect(opened.toString()).toBe(issued?.refreshToken);
      await waitFor('no code left', async () => (await codesLeft()).length === 0, EXCHANGE_BOUND_MS);
    });

    it('is dropped with a warning when it is not good', async () => {
      const phone = stack.phone();
      const minted: Minted = { ...(await issuers.apple.mint()), authorizationCode: `wrong-${randomUUID()}` };
      expectStatus(await signInBy(phone, 'apple', minted), 200);
      const line = await stack.logLine(
        'worker',
        ({ reason }) => reason === 'invalid_grant',
        EXCHANGE_BOUND_MS,
      );
      expect(line).toMatchObject({ level: 'warn', provider: 'apple', count: expect.any(Number) });
      await waitFor('no code left', async () => (await codesLeft()).length === 0, EXCHANGE_BOUND_MS);
      expect(await sealedTokenOf(phone.session.user.id)).toBeUndefined();
    });
  });

  it('leaves neither tokens nor codes in a log line, a message or a table', async () => {
    const secrets = [];
    for (const issuer of [issuers.apple, issuers.google]) {
      const phone = stack.phone();
      const minted = await joinBy(phone, issuer);
      secrets.push(minted.idToken, minted.nonce, minted.authorizationCode, phone.email);
      // and once more, refused
      expectStatus(await signInBy(stack.phone(), issuer.provider, minted), 401);
      if (issuer === issuers.apple) {
        await waitFor('the exchange', () => sealedTokenOf(phone.session.user.id), EXCHANGE_BOUND_MS);
      }
    }
    secrets.push(...(await issuers.apple.refreshTokens()).map(({ refreshToken }) => refreshToken));
    const tables = ['identities', 'spent_id_tokens', 'authorization_codes', 'outbox', 'audit_events'];
    const rows = await Promise.all(
      tables.map((table) => stack.sql<{ row: string }>(`select t::text as row from loopin.${table} t`)),
    );
    const emails = new Set(secrets.filter((secret) => secret?.includes('@')));
    const written = rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
    const logged = stack.local.logs().join('\n');
    for (const secret of secrets) {
      if (secret === undefined) continue;
      expect(logged.includes(secret)).toBe(false);
      expect(emails.has(secret) || !written.includes(secret)).toBe(true);
    }
  });
});
