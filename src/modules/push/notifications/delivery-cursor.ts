import { ValidationFailed } from '../../../shared/domain-error';
import type { NotificationId } from '../../../shared/ids';
import type { Keyring } from '../../../shared/keyring';

const contextOf = (id: NotificationId): string => `push-deliveries:${id}`;

/** A cursor ends up in logs of others; a push target is for us and its provider only. */
export const sealCursor = (keys: Keyring, id: NotificationId, target: string): string =>
  keys.seal(target, contextOf(id)).toString('base64url');

/** @throws ValidationFailed when it is not one of this list's */
export function openCursor(keys: Keyring, id: NotificationId, cursor: string): string {
  try {
    return keys.open(Buffer.from(cursor, 'base64url'), contextOf(id)).toString();
  } catch {
    throw new ValidationFailed([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  }
}
