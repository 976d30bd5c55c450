import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { oidcConfig } from '../../../config/slices';
import { NotFound } from '../../../shared/domain-error';

export const PROVIDER_NAMES = ['apple', 'google'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export interface IdentityProvider {
  readonly name: ProviderName;
  /** What `iss` may say. */
  readonly issuers: readonly string[];
  /** What `aud` may say: our apps as they are registered there. */
  readonly clientIds: readonly string[];
  readonly keysUrl: string;
}

const APPLE_ISSUER = 'https://appleid.apple.com';
const GOOGLE_ISSUER = 'https://accounts.google.com';
const GOOGLE_KEYS_URL = 'https://www.googleapis.com/oauth2/v3/certs';

/** Whose ID tokens this deployment takes. A local issuer plays a provider under a name of its own. */
@Injectable()
export class IdentityProviders {
  private readonly configured: ReadonlyMap<ProviderName, IdentityProvider>;

  constructor(@Inject(oidcConfig.KEY) config: ConfigType<typeof oidcConfig>) {
    const providers = [appleAt(config.apple), googleAt(config.google)];
    this.configured = new Map(
      providers.filter(({ clientIds }) => clientIds.length > 0).map((one) => [one.name, one]),
    );
  }

  /** @throws NotFound where no app is registered with this provider */
  get(name: ProviderName): IdentityProvider {
    const provider = this.configured.get(name);
    if (provider === undefined) throw new NotFound();
    return provider;
  }
}

interface Registered {
  readonly clientIds: readonly string[];
  readonly issuerUrl: string | undefined;
}

/** developer.apple.com/documentation/signinwithapplerestapi/verifying-a-user */
function appleAt({ clientIds, issuerUrl = APPLE_ISSUER }: Registered): IdentityProvider {
  return { name: 'apple', issuers: [issuerUrl], clientIds, keysUrl: `${issuerUrl}/auth/keys` };
}

/** developers.google.com/identity/gsi/web/guides/verify-google-id-token: `iss` comes with and without the scheme. */
function googleAt({ clientIds, issuerUrl }: Registered): IdentityProvider {
  const issuer = issuerUrl ?? GOOGLE_ISSUER;
  const keysUrl = issuerUrl === undefined ? GOOGLE_KEYS_URL : `${issuerUrl}/oauth2/v3/certs`;
  return { name: 'google', issuers: [issuer, issuer.replace(/^https?:\/\//, '')], clientIds, keysUrl };
}
