import type { ColumnType, Generated } from 'kysely';
import type { JobId } from '../../shared/ids';
import type { JobState } from './job.store';

export interface JobTables {
  'loopin.jobs': {
    id: JobId;
    name: string;
    payload: ColumnType<unknown, string, never>;
    unique_key: string | null;
    state: JobState;
    run_at: Date;
    wake_at: Date | null;
    lease_until: Generated<Date | null>;
    attempt: Generated<number>;
    failures: Generated<number>;
    losses: Generated<number>;
    progress_done: Generated<number>;
    progress_total: Generated<number | null>;
    checkpoint: ColumnType<unknown, never, string | null>;
    cancel_requested_at: Generated<Date | null>;
    last_error: Generated<string | null>;
    correlation_id: string;
    created_at: Date;
    started_at: Generated<Date | null>;
    finished_at: Generated<Date | null>;
  };
}
