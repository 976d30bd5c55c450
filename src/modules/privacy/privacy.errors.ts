import { DomainError } from '../../shared/domain-error';

export class DeletionBegun extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'deletion_begun';
  readonly title = 'The account is being erased';
}
