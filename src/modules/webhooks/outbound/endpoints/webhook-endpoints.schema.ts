import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { outboundConfig } from '../../../../config/slices';
import { findUrlProblem } from '../../../../platform/outbound/url-problem';
import { PageQuery, pageOf } from '../../../../shared/page';
import { CATALOGUE } from '../../../events';
import { DISABLED_REASONS, ENDPOINT_STATES } from './webhook-endpoint.store';

const EVENT_TYPES = CATALOGUE.map(({ type }) => type);

const Url = z
  .string()
  .max(2_000)
  .superRefine((url, context) => {
    const message = findUrlProblem(url, outboundConfig().allow);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe('https, of the public internet; redirects are not followed');
const EventTypes = z
  .array(z.enum(EVENT_TYPES))
  .min(1)
  .max(EVENT_TYPES.length)
  .refine((types) => new Set(types).size === types.length, 'names one twice');
const Description = z.string().min(1).max(200);

export class CreateWebhookEndpointBody extends createZodDto(
  z.strictObject({ url: Url, eventTypes: EventTypes, description: Description.optional() }),
) {}

/** What is not named stays as it is. */
export class ChangeWebhookEndpointBody extends createZodDto(
  z.strictObject({
    url: Url.optional(),
    eventTypes: EventTypes.optional(),
    description: Description.nullable().optional(),
    /** `enabled` after it was disabled: what waits is sent, what failed can be recovered. */
    state: z.enum(ENDPOINT_STATES).optional(),
  }),
) {}

export class WebhookEndpointsQuery extends createZodDto(PageQuery) {}

const EndpointView = z.object({
  id: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  description: z.string().nullable(),
  state: z.enum(ENDPOINT_STATES),
  disabledReason: z.enum(DISABLED_REASONS).nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export class WebhookEndpointAnswer extends createZodDto(EndpointView) {}
export class WebhookEndpointsAnswer extends createZodDto(pageOf(EndpointView)) {}

/** The one time that the secret is shown. */
export class WebhookEndpointCreated extends createZodDto(EndpointView.extend({ secret: z.string() })) {}

/** Both sign until the old one ends. */
export class WebhookSecretRotated extends createZodDto(
  z.object({ secret: z.string(), previousUntil: z.iso.datetime() }),
) {}

export class EventTypesAnswer extends createZodDto(
  z.object({
    data: z.array(
      z.object({
        type: z.string(),
        description: z.string(),
        /** JSON Schema of the request's body. */
        schema: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
) {}
