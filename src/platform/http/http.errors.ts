import { DomainError } from '../../shared/domain-error';

export class MalformedRequest extends DomainError {
  readonly kind = 'malformed';
  readonly code = 'malformed_request';
  readonly title = 'The request can not be read';
}

export class RequestTimedOut extends DomainError {
  readonly kind = 'timed_out';
  readonly code = 'request_timeout';
  readonly title = 'The request took too long to arrive';
}

export class MalformedJson extends DomainError {
  readonly kind = 'malformed';
  readonly code = 'malformed_json';
  readonly title = 'The body is not valid JSON';
}

export class IdempotencyKeyRequired extends DomainError {
  readonly kind = 'malformed';
  readonly code = 'idempotency_key_required';
  readonly title = 'This request needs an Idempotency-Key of 1 to 255 visible ASCII characters';
}

export class IdempotencyKeyReused extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'idempotency_key_reused';
  readonly title = 'This Idempotency-Key belongs to another request';
}

export class IdempotencyInProgress extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'idempotency_in_progress';
  readonly title = 'The first request with this Idempotency-Key is still running';

  constructor() {
    super({ retryAfterSeconds: 5 });
  }
}

export class MethodNotAllowed extends DomainError {
  readonly kind = 'method_not_allowed';
  readonly code = 'method_not_allowed';
  readonly title = 'This resource does not answer to that method';

  constructor(readonly allow: string) {
    super();
  }
}

export class PayloadTooLarge extends DomainError {
  readonly kind = 'too_large';
  readonly code = 'payload_too_large';
  readonly title = 'The body is too large';
}

export class UnsupportedMediaType extends DomainError {
  readonly kind = 'unsupported_media_type';
  readonly code = 'unsupported_media_type';
  readonly title = 'The body has to be application/json without a content encoding';
}

export class HeadersTooLarge extends DomainError {
  readonly kind = 'headers_too_large';
  readonly code = 'headers_too_large';
  readonly title = 'The headers are larger than 16 KiB';
}

export class StepUpRequired extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'step_up_required';
  readonly title = 'This needs a newer proof of who you are';

  constructor(maxAgeSeconds: number) {
    super({ members: { maxAgeSeconds } });
  }
}

export class InternalError extends DomainError {
  readonly kind = 'internal';
  readonly code = 'internal_error';
  readonly title = 'Something went wrong on our side';
}

export class RateLimited extends DomainError {
  readonly kind = 'limited';
  readonly code = 'rate_limited';
  readonly title = 'Too many requests';

  constructor(
    retryAfterSeconds: number,
    readonly fields: { readonly policy: string; readonly limit: string },
  ) {
    super({ retryAfterSeconds });
  }
}
