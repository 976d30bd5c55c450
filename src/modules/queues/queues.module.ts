import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DeadLetterStore } from './dead-letters/dead-letter.store';
import { DeadLetterActionStore } from './dead-letters/dead-letter-action.store';
import { DeadLetterActions } from './dead-letters/dead-letter-actions.service';
import { LetterMoves } from './dead-letters/letter-moves';
import { PgDeadLetterStore } from './dead-letters/pg-dead-letter.store';
import { PgDeadLetterActionStore } from './dead-letters/pg-dead-letter-action.store';
import { PgQueueSnapshotStore } from './snapshots/pg-queue-snapshot.store';
import { QueueSnapshotStore } from './snapshots/queue-snapshot.store';

/** What web and worker share: the letters as they are kept, and moving them. */
@Module({
  imports: [AuditModule, ConfigModule.forFeature(keysConfig)],
  providers: [
    DeadLetterActions,
    LetterMoves,
    { provide: DeadLetterStore, useClass: PgDeadLetterStore },
    { provide: DeadLetterActionStore, useClass: PgDeadLetterActionStore },
    { provide: QueueSnapshotStore, useClass: PgQueueSnapshotStore },
  ],
  exports: [DeadLetterActions, DeadLetterStore, QueueSnapshotStore],
})
export class QueuesModule {}
