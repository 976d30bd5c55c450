import { DomainError } from '../../shared/domain-error';

export class InvalidCredentials extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'invalid_credentials';
  readonly title = 'E-mail or password is wrong';
}

export class EmailUnverified extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'email_unverified';
  readonly title = 'The address has to be verified first';
}

export class AccountLocked extends DomainError {
  readonly kind = 'limited';
  readonly code = 'account_locked';
  readonly title = 'Too many sign-ins failed; wait before the next one';

  constructor(retryAfterSeconds: number) {
    super({ retryAfterSeconds });
  }
}

export class MfaRequired extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'mfa_required';
  readonly title = 'A second factor is needed';

  constructor(mfaToken: string) {
    super({ members: { mfaToken } });
  }
}

export class MfaTokenInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'mfa_token_invalid';
  readonly title = 'This sign-in was completed, has expired or is not known';
}

export class MfaAlreadyEnabled extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'mfa_already_enabled';
  readonly title = 'This account has a second factor already';
}

export class MfaNotBegun extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'mfa_not_begun';
  readonly title = 'There is no enrolment to confirm, or it has expired';
}

export class PasswordExpired extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'password_expired';
  readonly title = 'The password is older than 90 days; choose another one';

  constructor(passwordChangeToken: string) {
    super({ members: { passwordChangeToken } });
  }
}

export class PasswordChangeTokenInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'password_change_token_invalid';
  readonly title = 'This token was used, has expired or is not known';
}

export class InvalidCode extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'invalid_code';
  readonly title = 'The code is wrong, used up or expired';
}

export class EmailTaken extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'email_taken';
  readonly title = 'Another account has this address by now';
}

export class EmailUndoInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'email_undo_invalid';
  readonly title = 'This token was used, has expired or is not known';
}

export class RefreshInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'refresh_invalid';
  readonly title = 'This refresh token is not known';
}

export class RefreshReused extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'refresh_reused';
  readonly title = 'This refresh token was used before, so the session was ended; sign in again';
}

export class RefreshExpired extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'refresh_expired';
  readonly title = 'The session has expired';
}

export class SessionRevoked extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'session_revoked';
  readonly title = 'The session was ended';
}

export class DeviceMismatch extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'device_mismatch';
  readonly title = 'This refresh token belongs to another device';
}

/** Said to operators only: no route changes signing keys. */
export class SigningKeyRefusal extends Error {}

export class ApiKeyNotRotatable extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'api_key_not_rotatable';
  readonly title = 'This key has ended or was replaced already';
}

export class LastAdmin extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'last_admin';
  readonly title = 'The last administrator can not be removed';
}
