import { DomainError } from '../../shared/domain-error';

export class StorageUnavailable extends DomainError {
  readonly kind = 'unavailable';
  readonly code = 'storage_unavailable';
  readonly title = 'The storage of files does not answer';

  constructor() {
    super({ retryAfterSeconds: 10 });
  }
}
