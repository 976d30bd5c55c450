import type { Generated } from 'kysely';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import type { QueueName } from '../../../shared/message';
import type { LetterState } from './dead-letter.store';
import type { ActionKind } from './dead-letter-action.store';

export interface DeadLetterTables {
  'loopin.dead_letters': {
    id: DeadLetterId;
    queue: QueueName;
    type: string | null;
    version: number | null;
    correlation_id: string | null;
    occurred_at: Date | null;
    group_id: string | null;
    state: LetterState;
    reason_code: string;
    reason: string;
    attempts: number;
    deaths: Generated<number>;
    first_failed_at: Date;
    last_failed_at: Date;
    died_at: Date;
    changed_at: Date;
    action_id: Generated<DeadLetterActionId | null>;
    body_sealed: Buffer;
    body_bytes: number;
    body_hash: Buffer;
  };
  'loopin.dead_letter_deaths': {
    queue_message_id: string;
    dead_letter_id: DeadLetterId;
    reason_code: string;
    reason: string;
    attempts: number;
    died_at: Date;
  };
  'loopin.dead_letter_actions': {
    id: DeadLetterActionId;
    kind: ActionKind;
    ids: DeadLetterId[] | null;
    queue: QueueName | null;
    type: string | null;
    reason_code: string | null;
    since: Date | null;
    until: Date;
    rate_per_second: number | null;
    reason: string | null;
    counted: number;
    moved: Generated<number>;
    requested_by: string;
    requested_at: Date;
    next_at: Date;
    finished_at: Generated<Date | null>;
    failures: Generated<number>;
    failure: Generated<string | null>;
  };
}
