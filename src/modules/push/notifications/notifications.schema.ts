import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { idSchema } from '../../../shared/ids';
import { PageQuery, pageOf } from '../../../shared/page';
import { Content } from '../push.schema';
import { DELIVERY_STATES, NOTIFICATION_STATUSES } from './notification.store';

export class TestPushBody extends createZodDto(
  z.strictObject({ deviceId: idSchema<'Device'>(), content: Content }),
) {}

export class NotificationCreated extends createZodDto(
  z.object({
    id: z.string(),
    status: z.enum(['queued', 'scheduled']),
    recipients: z.number().nullable(),
  }),
) {}

export class NotificationAnswer extends createZodDto(
  z.object({
    id: z.string(),
    status: z.enum(NOTIFICATION_STATUSES),
    counts: z.object({
      targeted: z.number(),
      pending: z.number(),
      suppressed: z.number(),
      sent: z.number(),
      delivered: z.number().nullable(),
      failed: z.number(),
      invalidToken: z.number(),
    }),
    recipients: z.number().nullable(),
    provider: z.string().nullable(),
    category: z.string(),
    template: z.object({ name: z.string(), version: z.number() }).nullable(),
    dryRun: z.boolean(),
    respectQuietHours: z.boolean(),
    createdAt: z.iso.datetime(),
    sendAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().nullable(),
    audienceResolvedAt: z.iso.datetime().nullable(),
    completedAt: z.iso.datetime().nullable(),
  }),
) {}

/** Its cursor is sealed: it holds a push target. */
export class DeliveriesQuery extends createZodDto(
  PageQuery.extend({
    cursor: z.base64url().max(8_192).optional(),
    state: z.enum(DELIVERY_STATES).optional(),
  }),
) {}

const DeliveryView = z.object({
  userId: z.string(),
  deviceId: z.string(),
  state: z.enum(DELIVERY_STATES),
  reason: z.string().nullable(),
  updatedAt: z.iso.datetime(),
});

export class DeliveriesAnswer extends createZodDto(pageOf(DeliveryView)) {}
