import { DomainError } from '../../shared/domain-error';

export class DeviceTokenInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'device_token_invalid';
  readonly title = 'The X-Device-Token is not the one of this device';
}
