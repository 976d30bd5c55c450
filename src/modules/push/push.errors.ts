import { DomainError } from '../../shared/domain-error';

export class AlreadyStarted extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'already_started';
  readonly title = 'The first recipients are chosen already';
}
