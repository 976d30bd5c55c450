import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { PageQuery, pageOf } from '../../../../shared/page';
import { OUTCOMES } from '../sending/outcome';

const STATES = ['pending', 'delivered', 'failed'] as const;

export class DeliveriesQuery extends createZodDto(
  z.strictObject({ ...PageQuery.shape, state: z.enum(STATES).optional() }),
) {}

const AttemptView = z.object({
  number: z.number().int(),
  startedAt: z.iso.datetime(),
  outcome: z.enum(OUTCOMES),
  status: z.number().int().nullable(),
  latencyMs: z.number().int().nullable(),
  /** The first 1024 bytes of what it said. */
  response: z.string().nullable(),
});

const DeliveryView = z.object({
  /** The event's: what the receiver knows as `webhook-id`. */
  id: z.string(),
  type: z.string(),
  state: z.enum(STATES),
  occurredAt: z.iso.datetime(),
  /** Null once it is over. */
  nextAttemptAt: z.iso.datetime().nullable(),
  settledAt: z.iso.datetime().nullable(),
  attemptCount: z.number().int(),
  /** The ten newest, for 30 days. */
  attempts: z.array(AttemptView),
});
export type DeliveryView = z.infer<typeof DeliveryView>;
export class DeliveriesAnswer extends createZodDto(pageOf(DeliveryView)) {}

/** `id` is that of the delivery, and the receiver's `webhook-id`. */
export class DeliveryQueued extends createZodDto(z.object({ id: z.string() })) {}

export class RecoverBody extends createZodDto(
  z.strictObject({ since: z.iso.datetime({ offset: true }).transform((text) => new Date(text)) }),
) {}

export class RecoverAnswer extends createZodDto(
  z.object({
    count: z.number().int(),
    /** Where there is more than one call does: what to call with next. */
    nextSince: z.iso.datetime().nullable(),
  }),
) {}
