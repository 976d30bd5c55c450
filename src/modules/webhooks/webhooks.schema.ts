import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { idSchema } from '../../shared/ids';
import { defineMessage } from '../../shared/message';

/** Who may post to us. */
export const SOURCES = ['onesignal'] as const;
export type SourceName = (typeof SOURCES)[number];
export const SourceParam = z.object({ source: z.enum(SOURCES) });

export class WebhookAccepted extends createZodDto(z.object({ id: z.string(), duplicate: z.boolean() })) {}

/** A stored event waits for its handler. */
export const WebhookReceived = defineMessage(
  'webhook.received',
  'webhook-events',
  z.object({ eventId: idSchema<'WebhookEvent'>() }),
);

/** What an event's body is sealed for. */
export const sealContext = (eventId: string): string => `webhook-event:${eventId}`;
