import { Injectable } from '@nestjs/common';
import type { SignInDevice } from '../../devices';
import type { User } from '../accounts/account.store';
import { ProvedSignIn } from '../sessions/proved-sign-in';
import type { OpenSession } from '../sessions/sessions.service';
import { IdTokens } from './id-tokens';
import { IdentityOwners } from './identity-owners';
import type { ProviderName } from './identity-providers';
import { InvalidIdToken } from './oidc.errors';

export interface OidcSignIn {
  readonly idToken: string;
  readonly nonce: string;
  readonly device: SignInDevice;
  readonly authorizationCode?: string | undefined;
}

/** Sign-in with an identity that Apple or Google proves. */
@Injectable()
export class OidcSignInService {
  constructor(
    private readonly idTokens: IdTokens,
    private readonly owners: IdentityOwners,
    private readonly signIns: ProvedSignIn,
  ) {}

  /**
   * @throws NotFound, InvalidIdToken, IdentityProviderUnavailable of the token; InvalidIdToken also when the account or its
   *   identities changed meanwhile
   * @throws EmailMissing, EmailUnverified, LinkRequired of an identity that is not known yet
   * @throws MfaRequired of an account with a second factor
   */
  async signIn(
    provider: ProviderName,
    given: OidcSignIn,
    key: string | undefined,
  ): Promise<OpenSession & { user: User }> {
    const proved = await this.idTokens.verify(provider, given.idToken, given.nonce);
    const { user, identity } = await this.owners.ownerOf(proved, given.authorizationCode);
    const opened = await this.signIns.admit(user, {
      device: given.device,
      amr: [provider],
      dpopJkt: key,
      identity,
    });
    if (opened === undefined) throw new InvalidIdToken('its account changed a moment ago: start again');
    return opened;
  }
}
