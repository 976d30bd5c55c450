import { DomainError } from '../../shared/domain-error';

export class QuotaExceeded extends DomainError {
  readonly kind = 'too_large';
  readonly code = 'quota_exceeded';
  readonly title = 'There is no room for this file';

  constructor(quotaBytes: number, usedBytes: number) {
    super({ members: { quotaBytes, usedBytes } });
  }
}

export class UploadMissing extends DomainError {
  readonly kind = 'conflict';
  readonly code = 'upload_missing';
  readonly title = 'Nothing was uploaded yet';
}

export class UploadMismatch extends DomainError {
  readonly kind = 'invalid';
  readonly code = 'upload_mismatch';
  readonly title = 'What was uploaded is not what was announced; it was removed';
}
