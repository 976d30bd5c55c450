import { DomainError } from '../../../shared/domain-error';

export class EndpointLimitReached extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'webhook_endpoint_limit_reached';
  readonly title = 'There are as many webhook endpoints as there may be';
}

export class EndpointIsDisabled extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'webhook_endpoint_disabled';
  readonly title = 'The webhook endpoint is disabled';
}
