import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { PageQuery, pageOf } from '../../../../shared/page';
import { EVENT_STATES } from '../webhook-event.store';
import { SOURCES } from '../webhook-source';

const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Type = z.string().min(1).max(255);

/** Which events are meant: received from `since` on and before `until`. */
export const EventFilter = z.strictObject({
  source: z.enum(SOURCES).optional(),
  type: Type.optional(),
  state: z.enum(EVENT_STATES).optional(),
  since: Moment.optional(),
  until: Moment.optional(),
});
export type EventFilter = z.infer<typeof EventFilter>;

export const EventsQuery = z.strictObject({ ...PageQuery.shape, ...EventFilter.shape });
export class WebhookEventsQuery extends createZodDto(EventsQuery) {}

const EventView = z.object({
  id: z.string(),
  source: z.string(),
  type: z.string(),
  state: z.enum(EVENT_STATES),
  providerEventId: z.string(),
  receivedAt: z.string(),
  occurredAt: z.string().nullable(),
  processedAt: z.string().nullable(),
  attempts: z.number().int(),
  lastError: z.string().nullable(),
});
export type EventView = z.infer<typeof EventView>;
export class WebhookEventsAnswer extends createZodDto(pageOf(EventView)) {}

export class WebhookEventAnswer extends createZodDto(
  z.object({
    ...EventView.shape,
    /** The body, its values hidden where the source's list does not show them. */
    payload: z.unknown(),
  }),
) {}

/** What is replayed: a range is asked for on purpose, so it has a beginning. */
export const ReplayRequest = z.strictObject({
  ...EventFilter.shape,
  since: Moment,
  dryRun: z.boolean().default(false),
});
export type ReplayRequest = z.infer<typeof ReplayRequest>;
export class ReplayWebhooksBody extends createZodDto(ReplayRequest) {}

export class ReplayAnswer extends createZodDto(
  z.object({
    count: z.number().int(),
    /** Of a range: the job that does it. */
    jobId: z.string().optional(),
  }),
) {}
