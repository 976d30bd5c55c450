import { z } from 'zod';
import { idSchema } from '../../shared/ids';
import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Queues again the events whose message is lost. */
export const QueueLostEvents = defineJob('webhooks.queue-lost-events', SlotPayload, {
  retry: { attempts: 1 },
  key: () => 'all',
});

/** How far a replay has come: its last event, and how many there were. */
const ReplayPosition = z.object({
  after: z.object({ id: idSchema<'WebhookEvent'>(), receivedAt: z.iso.datetime() }),
  done: z.int(),
});
export type ReplayPosition = z.infer<typeof ReplayPosition>;

/** Gives a range of events out again. */
export const ReplayWebhooks = defineJob(
  'webhooks.replay',
  z.strictObject({ replayId: idSchema<'WebhookReplay'>() }),
  { checkpoint: ReplayPosition },
);
