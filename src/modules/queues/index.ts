export { DeadLetterActions } from './dead-letters/dead-letter-actions.service';
export { DiscardRequest, LettersQuery, RedriveRequest } from './dead-letters/dead-letters.schema';
export { DeadLetters } from './dead-letters/dead-letters.service';
export { LetterMoves } from './dead-letters/letter-moves';
export { toLetterView, toProgressView, toShownLetter } from './dead-letters/letter-view';
export { PgDeadLetterStore } from './dead-letters/pg-dead-letter.store';
export { PgDeadLetterActionStore } from './dead-letters/pg-dead-letter-action.store';
export { PgQueueSnapshotStore } from './snapshots/pg-queue-snapshot.store';
export { QueueOverview } from './snapshots/queue-overview.service';
