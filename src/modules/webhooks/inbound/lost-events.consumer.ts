import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../../jobs';
import { QueueLostEvents } from '../webhooks.jobs';
import { LostEvents } from './lost-events';

@Injectable()
export class LostEventsConsumer {
  constructor(jobs: JobHandlers, lost: LostEvents) {
    jobs.on(QueueLostEvents, () => lost.sweep());
  }
}
