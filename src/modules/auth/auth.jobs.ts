import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';

/** Takes the steps that the calendar asks of signing keys. */
export const RotateSigningKeys = defineJob('auth.rotate-signing-keys', SlotPayload, { key: () => 'all' });

/** Says which API keys end soon. */
export const WarnOfApiKeys = defineJob('auth.warn-of-api-keys', SlotPayload, { key: () => 'all' });
