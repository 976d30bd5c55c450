import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Takes the push targets of phones that were silent for too long. */
export const EndSilentDevices = defineJob('devices.end-silent', SlotPayload, { key: () => 'all' });
