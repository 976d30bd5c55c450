import type { Generated } from 'kysely';

export interface OutboxTables {
  'loopin.outbox': {
    id: string;
    queue: string;
    /** The envelope, as it is sent. */
    body: string;
    group_id: string | null;
    created_at: Date;
    /** From when the relay may take it; moved ahead while somebody publishes it. */
    claimable_at: Date;
    published_at: Generated<Date | null>;
  };
  'loopin.inbox': {
    message_id: string;
    state: 'running' | 'done';
    attempts: Generated<number>;
    leased_until: Date;
    last_error: string | null;
    failure_code: string | null;
    first_failed_at: Date | null;
    updated_at: Date;
  };
}
