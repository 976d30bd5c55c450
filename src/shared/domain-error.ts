/** What went wrong, in words that know no transport; the problem filter turns a kind into an HTTP status. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'timed_out'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'upgrade_required'
  | 'limited'
  | 'headers_too_large'
  | 'internal'
  | 'unavailable';

export interface ErrorDetails {
  /** Said to the caller: no secret, no personal data, nothing of the inside. */
  readonly detail?: string;
  /** Further members of the problem document (RFC 9457, section 3.2). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** When trying again makes sense: the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** Fields of the answer that tell the caller what would do instead, such as a challenge. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where a standard answers the same refusal differently by the place it is met. */
  readonly answeredAs?: ErrorKind;
}

/** An expected refusal with a stable code. Modules extend it in their `<name>.errors.ts`. */
export abstract class DomainError extends Error {
  abstract readonly kind: ErrorKind;
  abstract readonly code: string;
  abstract readonly title: string;

  constructor(readonly details: ErrorDetails = {}) {
    super(details.detail);
    this.name = new.target.name;
  }
}

export class NotFound extends DomainError {
  readonly kind = 'not_found';
  readonly code = 'not_found';
  readonly title = 'There is nothing here';
}

export class ValidationFailed extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'validation_failed';
  readonly title = 'Some of what was sent is not valid';

  constructor(errors: readonly { path: string; message: string }[]) {
    super({ members: { errors } });
  }
}

export class Unauthenticated extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'unauthenticated';
  readonly title = 'A valid credential is needed';
}

export class Forbidden extends DomainError {
  readonly kind = 'forbidden';
  readonly code = 'forbidden';
  readonly title = 'This credential may not do that';
}

export class Overloaded extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'overloaded';
  readonly title = 'Too much is going on; try again shortly';

  constructor() {
    super({ retryAfterSeconds: 2 });
  }
}
