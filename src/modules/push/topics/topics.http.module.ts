import { Module } from '@nestjs/common';
import { DevicesModule } from '../../devices';
import { PgTopicStore } from './pg-topic.store';
import { TopicStore } from './topic.store';
import { TopicsController } from './topics.controller';
import { TopicsService } from './topics.service';

@Module({
  imports: [DevicesModule],
  controllers: [TopicsController],
  providers: [TopicsService, { provide: TopicStore, useClass: PgTopicStore }],
})
export class TopicsHttpModule {}
