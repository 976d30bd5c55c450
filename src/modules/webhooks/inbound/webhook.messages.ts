import { z } from 'zod';
import { idSchema } from '../../../shared/ids';
import { defineMessage } from '../../../shared/message';

/** A stored event waits for its handler. */
export const WebhookReceived = defineMessage(
  'webhook.received',
  'webhook-events',
  z.object({ eventId: idSchema<'WebhookEvent'>() }),
);

/** What an event's body is sealed for. */
export const sealContext = (eventId: string): string => `webhook-event:${eventId}`;
