import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../../shared/clock';
import { idSchema } from '../../shared/ids';
import { defineJob } from '../../shared/job';
import { SlotPayload } from '../../shared/schedule';
import { ErasureState } from './erasure/erasure-state';

/** What it needs may be away for days: it is tried for two weeks before somebody has to look at it. */
const ERASURE_RETRY = { attempts: 60, delaysSeconds: [MINUTE, 5 * MINUTE, HOUR, 6 * HOUR] };

const OfUser = z.strictObject({ userId: idSchema<'User'>() });

/** Erases an account once its grace is over. */
export const EraseAccount = defineJob('privacy.erase-account', OfUser, {
  checkpoint: ErasureState,
  key: ({ userId }) => userId,
  retry: ERASURE_RETRY,
});

/** Finds accounts that nobody used for years. */
export const EraseUnusedAccounts = defineJob('privacy.erase-unused-accounts', SlotPayload, {
  retry: { attempts: 1 },
  key: () => 'all',
});

/** Writes all that we have of a person into one file. */
export const ExportData = defineJob('privacy.export-data', OfUser, { key: ({ userId }) => userId });

/** Takes such a file away again. */
export const RemoveExport = defineJob(
  'privacy.remove-export',
  z.strictObject({ userId: idSchema<'User'>(), exportId: idSchema<'Job'>() }),
  { retry: { attempts: 30, delaysSeconds: [MINUTE, HOUR] } },
);

export const GRACE_SECONDS = 30 * DAY;
/** A file is there for as long as its URL is good. */
export const EXPORT_SECONDS = DAY;
