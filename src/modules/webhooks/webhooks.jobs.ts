import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Queues again the events whose message is lost. */
export const QueueLostEvents = defineJob('webhooks.queue-lost-events', SlotPayload, {
  retry: { attempts: 1 },
  key: () => 'all',
});
