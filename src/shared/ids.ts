import { v7 } from 'uuid';
import { z } from 'zod';

/** A branded string: a `UserId` can't be passed where a `DeviceId` is meant. */
export type Id<Name extends string> = string & z.$brand<Name>;

/** A new UUIDv7 (RFC 9562): sorts by time of creation, so that indexes grow at one end. */
export const newId = <Name extends string>(): Id<Name> => v7() as Id<Name>;

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
