import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** One at a time, over all workers; what it did not get done the next one does. */
export const ArchiveMonths = defineJob('archive.months', SlotPayload, {
  retry: { attempts: 1 },
  key: () => 'all',
});
