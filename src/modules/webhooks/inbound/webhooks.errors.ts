import { DomainError } from '../../../shared/domain-error';

export class InvalidSignature extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'invalid_signature';
  readonly title = 'The webhook is not signed by its source';
}
