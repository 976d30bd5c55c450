import { Injectable } from '@nestjs/common';
import { MessageHandlers } from '../../../platform/sqs/message-handlers';
import { RunJob } from '../jobs.service';
import { JobTaking } from './job-taking';

/** A message only wakes: it is done once the job's row is ours, or somebody else's. */
@Injectable()
export class JobsConsumer {
  constructor(messages: MessageHandlers, taking: JobTaking) {
    messages.on(RunJob, ({ jobId }) => taking.wake(jobId));
  }
}
