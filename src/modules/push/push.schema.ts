import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { idSchema, type NotificationId } from '../../shared/ids';
import { defineMessage } from '../../shared/message';

const MAX_PAYLOAD_BYTES = 4_096;
const MAX_IDS = 2_000;
const MAX_TTL_SECONDS = 28 * 24 * 3600;

const Audience = z
  .strictObject({
    users: z.array(idSchema<'User'>()).min(1).max(MAX_IDS).optional(),
    devices: z.array(idSchema<'Device'>()).min(1).max(MAX_IDS).optional(),
  })
  .refine(({ users, devices }) => users !== undefined || devices !== undefined, {
    message: 'needs users or devices',
  });
export type Audience = z.infer<typeof Audience>;

const Content = z
  .strictObject({
    title: z.string().min(1).max(200).optional(),
    body: z.string().min(1).max(2_000).optional(),
    data: z.record(z.string().min(1).max(100), z.unknown()).optional(),
    imageUrl: z
      .url({ protocol: /^https$/ })
      .max(2_000)
      .optional(),
    deepLink: z.url().max(2_000).optional(),
    badge: z.number().int().min(0).max(99_999).optional(),
    sound: z.string().min(1).max(100).optional(),
    androidChannelId: z.guid().optional(),
    interruptionLevel: z.enum(['passive', 'active', 'time_sensitive', 'critical']).optional(),
    silent: z.boolean().optional(),
  })
  .refine(({ title, body, silent }) => silent === true || title !== undefined || body !== undefined, {
    message: 'needs a title or a body, or silent: true',
  })
  .refine((content) => Buffer.byteLength(JSON.stringify(content)) <= MAX_PAYLOAD_BYTES, {
    message: `is larger than ${MAX_PAYLOAD_BYTES} bytes`,
  });
export type Content = z.infer<typeof Content>;

const Options = z.object({
  priority: z.enum(['high', 'normal']).optional(),
  ttlSeconds: z.number().int().min(0).max(MAX_TTL_SECONDS).optional(),
  collapseId: z.string().min(1).max(64).optional(),
});
export type Options = z.infer<typeof Options>;

export class CreateNotificationBody extends createZodDto(
  z.strictObject({ audience: Audience, content: Content, ...Options.shape }),
) {}

export class NotificationCreated extends createZodDto(
  z.object({ id: z.string(), status: z.literal('queued'), recipients: z.number() }),
) {}

export class NotificationAnswer extends createZodDto(
  z.object({
    id: z.string(),
    status: z.enum(['queued', 'sending', 'completed', 'failed']),
    counts: z.object({
      targeted: z.number(),
      pending: z.number(),
      suppressed: z.number(),
      sent: z.number(),
      delivered: z.number().nullable(),
      failed: z.number(),
      invalidToken: z.number(),
    }),
    provider: z.string().nullable(),
    createdAt: z.iso.datetime(),
    completedAt: z.iso.datetime().nullable(),
  }),
) {}

/** Find out who the audience is. */
export const ResolveAudience = defineMessage(
  'push.resolve-audience',
  'push-notifications',
  z.object({ notificationId: idSchema<'Notification'>() }),
);

/** Hand one chunk of recipients to the provider. */
export const DeliverChunk = defineMessage(
  'push.deliver-chunk',
  'push-notifications',
  z.object({ notificationId: idSchema<'Notification'>(), chunk: z.number().int().min(0) }),
);

export interface ChunkRef {
  readonly notificationId: NotificationId;
  readonly chunk: number;
}
