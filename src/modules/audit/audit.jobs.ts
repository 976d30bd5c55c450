import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Makes the partitions of the months to come. */
export const MakeAuditMonths = defineJob('audit.make-months', SlotPayload, { key: () => 'all' });
