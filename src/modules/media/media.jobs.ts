import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Removes the bytes of files that nobody has any more. */
export const RemoveLeftoverMedia = defineJob('media.remove-leftovers', SlotPayload, { key: () => 'all' });
