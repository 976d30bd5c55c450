import { Controller, Get } from '@nestjs/common';
import { ADMIN_OR_DEVELOPER } from '../../../platform/http/access';
import { Endpoint } from '../../../platform/http/endpoint';
import { QueuesAnswer } from './queue-overview.schema';
import { QueueOverview } from './queue-overview.service';

@Controller('v1/admin/queues')
export class QueuesController {
  constructor(private readonly overview: QueueOverview) {}

  /** As the worker saw them a few seconds ago. */
  @Get()
  @Endpoint({
    summary: 'The queues at a glance',
    access: { ...ADMIN_OR_DEVELOPER, scopes: ['jobs:read'] },
    answer: QueuesAnswer,
  })
  async list(): Promise<QueuesAnswer> {
    return { data: await this.overview.look() };
  }
}
