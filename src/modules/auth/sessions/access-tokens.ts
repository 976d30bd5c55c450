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
  /** Left out, nothing is fresh. */
  auth_time: z.int().default(0),
  aal2_at: z.int().optional(),
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
    const now = toSeconds(this.clock.now());
    return new SignJWT({
      sid: session.id,
      did: session.deviceId,
      roles: owner.roles,
      ...(owner.rolesVersion > 0 && { rv: owner.rolesVersion }),
      aal: session.aal,
      amr: session.amr,
      ...(session.dpopJkt !== null && { cnf: { jkt: session.dpopJkt } }),
      auth_time: toSeconds(session.authenticatedAt),
      ...(session.secondFactorAt !== null && { aal2_at: toSeconds(session.secondFactorAt) }),
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
    else if (!this.keys.isKnown(known.kid, now)) await this.keyOf(known.kid, now);
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
      const claims = Claims.parse(payload);
      return {
        principal: toPrincipal(claims),
        rolesVersion: claims.rv,
        jkt: claims.cnf?.jkt,
        kid: protectedHeader.kid ?? '',
        expiresAtMs: claims.exp * 1000,
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

const toPrincipal = (claims: z.infer<typeof Claims>): UserPrincipal => ({
  kind: 'user',
  userId: claims.sub,
  sessionId: claims.sid,
  deviceId: claims.did,
  roles: claims.roles,
  aal: claims.aal,
  authenticatedAt: toDate(claims.auth_time),
  secondFactorAt: claims.aal2_at === undefined ? null : toDate(claims.aal2_at),
});

const toSeconds = (time: Date): number => Math.floor(time.getTime() / 1000);
const toDate = (seconds: number): Date => new Date(seconds * 1000);

/** Anything else is our trouble, such as keys that could not be loaded, and says nothing about the token. */
const isRefusal = (error: unknown): boolean =>
  error instanceof errors.JOSEError || error instanceof z.ZodError || error instanceof Unauthenticated;
