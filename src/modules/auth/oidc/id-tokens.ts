import { Injectable } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { sha256 } from '../../../shared/hash';
import { Email } from '../accounts/email';
import { type IdentityProvider, IdentityProviders, type ProviderName } from './identity-providers';
import { nonceFits } from './nonce';
import { InvalidIdToken } from './oidc.errors';
import { ProviderKeys } from './provider-keys';

/** Both providers announce this one alone. */
const ALGORITHM = 'RS256';
/** A sign-in takes moments: an older token was lying around. */
const MAX_AGE_SECONDS = 10 * MINUTE;
const CLOCK_TOLERANCE_SECONDS = MINUTE;
const MAX_NAME_LENGTH = 100;

/** Apple says true and false as strings too. */
const Truth = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const Claims = z.object({
  sub: z.string().min(1).max(255),
  /** One app, not a list of them. */
  aud: z.string(),
  nonce: z.string(),
  exp: z.number(),
  email: Email.optional().catch(undefined),
  email_verified: Truth.default(false).catch(false),
  hd: z.string().min(1).optional().catch(undefined),
  name: z.string().trim().min(1).max(MAX_NAME_LENGTH).nullable().default(null).catch(null),
});

/** Somebody as a provider knows them. */
export interface ProvedIdentity {
  readonly provider: ProviderName;
  readonly subject: string;
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  /** Nobody else gives out this address, so whoever the provider says owns it does. */
  readonly authoritative: boolean;
  readonly displayName: string | null;
  /** Which of our apps asked. */
  readonly clientId: string;
  readonly token: { readonly hash: Buffer; readonly expiresAt: Date };
}

/** ID tokens (OpenID Connect Core 1.0, section 3.1.3.7) of Apple and Google. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly providers: IdentityProviders,
    private readonly keys: ProviderKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * @param nonce as the app chose it, before any hashing
   * @throws NotFound where this provider is not configured
   * @throws InvalidIdToken naming the check that failed
   * @throws IdentityProviderUnavailable when its keys are not known and can't be fetched
   */
  async verify(name: ProviderName, idToken: string, nonce: string): Promise<ProvedIdentity> {
    const provider = this.providers.get(name);
    const claims = Claims.safeParse(await this.payloadOf(provider, idToken)).data;
    if (claims === undefined) throw new InvalidIdToken('its claims are not those of an ID token');
    if (!nonceFits(name, nonce, claims.nonce)) throw refusedClaim('nonce');
    return toIdentity(name, claims, idToken);
  }

  private async payloadOf(provider: IdentityProvider, idToken: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(
        idToken,
        async (header) => {
          // without an id any key could be meant
          const key = header.kid === undefined ? undefined : await this.keys.find(provider, header);
          if (key === undefined) throw new InvalidIdToken('the provider has no such key');
          return key;
        },
        {
          algorithms: [ALGORITHM],
          issuer: [...provider.issuers],
          audience: [...provider.clientIds],
          currentDate: this.clock.now(),
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          maxTokenAge: MAX_AGE_SECONDS,
          requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
        },
      );
      return payload;
    } catch (error) {
      throw error instanceof errors.JOSEError ? toRefusal(error) : error;
    }
  }
}

function toIdentity(provider: ProviderName, claims: z.infer<typeof Claims>, idToken: string): ProvedIdentity {
  // the signature covers these very characters; its own last one has bits that nobody looks at
  const signed = idToken.slice(0, idToken.lastIndexOf('.'));
  const expiresAt = secondsAfter(new Date(claims.exp * 1000), CLOCK_TOLERANCE_SECONDS);
  return {
    provider,
    subject: claims.sub,
    email: claims.email,
    emailVerified: claims.email_verified,
    authoritative: provider === 'apple' || claims.hd !== undefined || isGmail(claims.email),
    displayName: claims.name,
    clientId: claims.aud,
    token: { hash: sha256(signed), expiresAt },
  };
}

const isGmail = (email: string | undefined): boolean => email?.endsWith('@gmail.com') === true;

const refusedClaim = (claim: string): InvalidIdToken => new InvalidIdToken(`the claim ${claim} does not fit`);

function toRefusal(error: errors.JOSEError): InvalidIdToken {
  if (error instanceof errors.JWTExpired) return new InvalidIdToken('it has expired or is too old');
  if (error instanceof errors.JWTClaimValidationFailed) return refusedClaim(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return new InvalidIdToken(`it is not signed with ${ALGORITHM}`);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new InvalidIdToken('its signature is wrong');
  return new InvalidIdToken('it is malformed');
}
