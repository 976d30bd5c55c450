import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { DeadLettersController } from './dead-letters/dead-letters.controller';
import { DeadLetters } from './dead-letters/dead-letters.service';
import { QueuesModule } from './queues.module';
import { QueueOverview } from './snapshots/queue-overview.service';
import { QueuesController } from './snapshots/queues.controller';

@Module({
  imports: [QueuesModule, ConfigModule.forFeature(keysConfig)],
  controllers: [QueuesController, DeadLettersController],
  providers: [DeadLetters, QueueOverview],
})
export class QueuesHttpModule {}
