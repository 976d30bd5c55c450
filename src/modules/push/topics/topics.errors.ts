import { DomainError } from '../../../shared/domain-error';

export class TopicLimitReached extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'topic_limit_reached';
  readonly title = 'There are as many topics as a user may have';
}
