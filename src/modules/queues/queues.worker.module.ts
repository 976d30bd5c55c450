import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { Burials } from './dead-letters/burials';
import { DeadLetterDrain } from './dead-letters/dead-letter-drain';
import { QueuesModule } from './queues.module';
import { QueuesSchedule } from './queues.schedule';
import { QueueSnapshots } from './snapshots/queue-snapshots';

@Module({
  imports: [QueuesModule, ConfigModule.forFeature(keysConfig)],
  providers: [Burials, DeadLetterDrain, QueueSnapshots, QueuesSchedule],
})
export class QueuesWorkerModule {}
