import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../../../jobs';
import { ReplayWebhooks } from '../../webhooks.jobs';
import { RangeReplay } from './range-replay.service';

@Injectable()
export class WebhookReplaysConsumer {
  constructor(jobs: JobHandlers, replays: RangeReplay) {
    jobs.on(ReplayWebhooks, ({ replayId }, run) => replays.perform(replayId, run));
  }
}
