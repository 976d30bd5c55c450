import { DomainError } from '../../../shared/domain-error';

export class InvalidIdToken extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'invalid_id_token';
  readonly title = 'The ID token is not good for this sign-in';

  /** @param detail which check failed, for who builds the app: never a value */
  constructor(detail: string) {
    super({ detail });
  }
}

export class LinkRequired extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'link_required';
  readonly title = 'Another way of signing in owns this address';

  constructor() {
    super({
      detail:
        'An account with this address exists and the provider can not vouch for it. Sign in with the password ' +
        'of the account, or set one by POST /v1/auth/password/forgot.',
    });
  }
}

export class EmailMissing extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'email_missing';
  readonly title = 'A first sign-in needs the address; ask the provider for the e-mail scope';
}

export class IdentityProviderUnavailable extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'identity_provider_unavailable';
  readonly title = 'The provider of this identity does not answer; try again shortly';

  constructor() {
    super({ retryAfterSeconds: 5 });
  }
}
