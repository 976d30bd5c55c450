import { randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { openPrivateKey } from '../../src/modules/auth/signing-keys/signing-key-material';
import { decodeKeyring } from '../../src/shared/keyring';
import type { TestStack } from './test-stack';

/** Somebody with an account and a session that no sign-in made. */
export interface Persona {
  readonly userId: string;
  readonly email: string;
  readonly sessionId: string;
  readonly deviceId: string;
  readonly authorization: { readonly authorization: string };
}

export interface PersonaOptions {
  readonly roles: readonly string[];
  readonly aal?: 'aal1' | 'aal2';
  /** A further session of somebody who exists. */
  readonly of?: Persona;
  /** Other claims than a real token would have. */
  readonly claims?: JWTPayload;
}

/**
 * Access tokens of whatever role and assurance a test needs: signed with the stack's own key, opened as the app opens
 * it, for rows that a sign-in would have made.
 */
export class TestTokens {
  constructor(private readonly stack: TestStack) {}

  async persona(options: PersonaOptions): Promise<Persona> {
    const { userId, email } = options.of ?? (await this.addUser(options.roles));
    const [deviceId, sessionId] = [randomUUID(), randomUUID()];
    const { aal = 'aal1' } = options;
    await this.stack.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, created_at, last_seen_at)
       values ($1, $2, $3, 'ios', '1.2.3', now(), now())`,
      [randomUUID(), userId, deviceId],
    );
    await this.stack.sql(
      `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, aal2_at, created_at,
         last_used_at, expires_at, absolute_expires_at)
       values ($1, $2, $3, $4, '{pwd}', now(), $5, now(), now(), now() + interval '7 days',
         now() + interval '90 days')`,
      [sessionId, userId, deviceId, aal, aal === 'aal2' ? new Date() : null],
    );
    const claims = {
      sub: userId,
      sid: sessionId,
      did: deviceId,
      roles: options.roles,
      aal,
      ...(aal === 'aal2' && { aal2_at: Math.floor(Date.now() / 1000) }),
      ...options.claims,
    };
    return {
      ...{ userId, email, sessionId, deviceId },
      authorization: { authorization: `Bearer ${await this.sign(claims)}` },
    };
  }

  /** A token with these claims, under the key that is in use. */
  async sign(claims: JWTPayload): Promise<string> {
    // whoever asks first has the very first key made
    await this.stack.api.get('/.well-known/jwks.json');
    const [row] = await this.stack.sql<{ kid: string; private_key_sealed: Buffer }>(
      "select kid, private_key_sealed from loopin.signing_keys where state = 'in_use'",
    );
    if (row === undefined) throw new Error('no key is in use');
    const { KEY_ENCRYPTION_KEYS = '', PUBLIC_URL = '' } = this.stack.local.env;
    const key = openPrivateKey(
      { kid: row.kid, privateKeySealed: row.private_key_sealed },
      decodeKeyring(KEY_ENCRYPTION_KEYS),
    );
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: PUBLIC_URL,
      aud: 'loopin-api',
      iat: now,
      exp: now + 900,
      auth_time: now,
      amr: ['pwd'],
    };
    return new SignJWT({ ...usual, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: row.kid, typ: 'at+jwt' })
      .sign(key);
  }

  private async addUser(roles: readonly string[]): Promise<{ userId: string; email: string }> {
    const userId = randomUUID();
    const email = `persona-${userId}@example.com`;
    await this.stack.sql(
      'insert into loopin.users (id, email, roles, created_at) values ($1, $2, $3, now())',
      [userId, email, roles],
    );
    return { userId, email };
  }
}
