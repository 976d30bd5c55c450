import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { webConfig } from '../../../config/slices';
import { ROLES, type UserPrincipal } from '../../../platform/http/principal';
import { Clock, MINUTE } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import { digestKey } from '../../../shared/hash';
import { idSchema } from '../../../shared/ids';
import type { User } from '../accounts/account.store';
import { SigningKeys } from '../signing-keys/signing-keys';
import type { Session } from './session.store';

export const ACCESS_TOKEN_SECONDS = 15 * MINUTE;
const ALGORITHM = 'EdDSA';
/** RFC 9068: an ID token or a token of another kind can't pass for an access token. */
const TYPE = 'at+jwt';
const AUDIENCE = 'loopin-api';
const MAX_TOKEN_LENGTH = 4_096;
/** Checking a signature costs 130 µs, finding a token that was checked before 1. */
const CACHED_TOKENS = 10_000;

const Claims = z.object({
  sub: idSchema<'User'>(),
  sid: idSchema<'Session'>(),
  did: idSchema<'Device'>(),
  roles: z.array(z.enum(ROLES)),
  aal: z.enum(['aal1', 'aal2']),
  /** Version of the roles; left out while they never changed. */
  rv: z.int().min(0).default(0),
  exp: z.number(),
  /** The key that a session is bound to (RFC 9449, section 6.1). */
  cnf: z.object({ jkt: z.string() }).optional(),
});

export interface VerifiedToken {
  readonly principal: UserPrincipal;
  /** Roles of another version than the account's are not its roles any more. */
  readonly rolesVersion: number;
  /** Thumbprint of the key that has to be proved with every use. */
  readonly jkt: string | undefined;
  readonly kid: string;
  readonly expiresAtMs: number;
}

/** Access tokens: JWTs signed with Ed25519 (RFC 8037), good for 15 minutes. */
@Injectable()
export class AccessTokens {
  private readonly verified = new LRUCache<string, VerifiedToken>({ max: CACHED_TOKENS });

  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    @Inject(webConfig.KEY) private readonly config: ConfigType<typeof webConfig>,
  ) {}

  async issue(session: Session, owner: Pick<User, 'roles' | 'rolesVersion'>): Promise<string> {
    const { kid, key } = await this.keys.signingKey();
    const now = Math.floor(this.clock.now().getTime() / 1000);
    return new SignJWT({
      sid: session.id,
      did: session.deviceId,
      roles: owner.roles,
      ...(owner.rolesVersion > 0 && { rv: owner.rolesVersion }),
      aal: session.aal,
      amr: session.amr,
      ...(session.dpopJkt !== null && { cnf: { jkt: session.dpopJkt } }),
      auth_time: Math.floor(session.authenticatedAt.getTime() / 1000),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
      .setIssuer(this.config.publicUrl)
      .setAudience(AUDIENCE)
      .setSubject(session.userId)
      .setIssuedAt(now)
      .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
      .setJti(crypto.randomUUID())
      .sign(key);
  }

  /**
   * A token that was checked before is good as long as it has not expired and its key is not revoked.
   * @throws Unauthenticated for anything but a token of ours that is good now (RFC 8725)
   */
  async verify(token: string): Promise<VerifiedToken> {
    if (token.length > MAX_TOKEN_LENGTH) throw new Unauthenticated();
    const now = this.clock.now();
    const digest = digestKey(token);
    const known = this.verified.get(digest);
    const found = known ?? (await this.check(token, now));
    if (found.expiresAtMs <= now.getTime()) throw new Unauthenticated();
    if (known === undefined) this.verified.set(digest, found);
    else await this.keyOf(known.kid, now);
    return found;
  }

  private async check(token: string, now: Date): Promise<VerifiedToken> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => this.keyOf(kid, now), {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: this.config.publicUrl,
        audience: AUDIENCE,
        currentDate: now,
      });
      const { sub, sid, did, roles, aal, rv, exp, cnf } = Claims.parse(payload);
      const principal = { kind: 'user', userId: sub, sessionId: sid, deviceId: did, roles, aal } as const;
      return {
        principal,
        rolesVersion: rv,
        jkt: cnf?.jkt,
        kid: protectedHeader.kid ?? '',
        expiresAtMs: exp * 1000,
      };
    } catch (error) {
      throw isRefusal(error) ? new Unauthenticated() : error;
    }
  }

  private async keyOf(kid: string | undefined, now: Date) {
    const key = kid === undefined ? undefined : await this.keys.verifyingKey(kid, now);
    if (key === undefined) throw new Unauthenticated();
    return key;
  }
}

/** Anything else is our trouble, such as keys that could not be loaded, and says nothing about the token. */
const isRefusal = (error: unknown): boolean =>
  error instanceof errors.JOSEError || error instanceof z.ZodError || error instanceof Unauthenticated;
