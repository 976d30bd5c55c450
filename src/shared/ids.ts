import { v7 } from 'uuid';
import { z } from 'zod';
import { freshBytes } from './fresh-bytes';

/** A branded string: a `UserId` can't be passed where a `DeviceId` is meant. */
export type Id<Name extends string> = string & z.$brand<Name>;

let msecs = 0;
let seq = 0;

/**
 * A new UUIDv7 (RFC 9562): sorts by time of creation, so that indexes grow at one end. Within a millisecond a counter
 * goes up from a random number (section 6.2, method 1).
 */
export function newId<Name extends string>(): Id<Name> {
  const random = freshBytes(16);
  const now = Date.now();
  seq = now > msecs ? random.readUInt32BE() >>> 1 : seq + 1;
  msecs = Math.max(msecs, now);
  return v7({ random, msecs, seq }) as Id<Name>;
}

/** Zod schema of an id: any UUID, case-insensitive, lower-cased. */
export const idSchema = <Name extends string>() =>
  z.guid('is not a UUID').transform((value) => value.toLowerCase() as Id<Name>);

export type UserId = Id<'User'>;
export type SessionId = Id<'Session'>;
/** The installation's own id, chosen by the phone: unique within its user only. */
export type DeviceId = Id<'Device'>;
export type ApiKeyId = Id<'ApiKey'>;
export type NotificationId = Id<'Notification'>;
export type WebhookEventId = Id<'WebhookEvent'>;
export type WebhookReplayId = Id<'WebhookReplay'>;
export type DeadLetterId = Id<'DeadLetter'>;
export type DeadLetterActionId = Id<'DeadLetterAction'>;
export type MailId = Id<'Mail'>;
export type IdentityId = Id<'Identity'>;
export type AuthorizationCodeId = Id<'AuthorizationCode'>;
export type JobId = Id<'Job'>;
export type MediaId = Id<'Media'>;
export type DomainEventId = Id<'DomainEvent'>;
export type WebhookEndpointId = Id<'WebhookEndpoint'>;
