import type { CryptoKey, JWSHeaderParameters } from 'jose';
import type { IdentityProvider } from './identity-providers';

/** The public keys that providers sign with. */
export abstract class ProviderKeys {
  /**
   * @returns undefined when the provider has no such key
   * @throws IdentityProviderUnavailable when that can't be known, because the provider does not answer
   */
  abstract find(provider: IdentityProvider, header: JWSHeaderParameters): Promise<CryptoKey | undefined>;
}
