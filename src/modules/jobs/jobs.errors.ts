import { DomainError } from '../../shared/domain-error';

export class JobOver extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'job_over';
  readonly title = 'The job is over';
}

export class JobNotRetryable extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'job_not_retryable';
  readonly title = 'Only a job that failed or was cancelled can be tried again';
}

export class JobAlreadyOpen extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'job_already_open';
  readonly title = 'Another job does the same already';
}
