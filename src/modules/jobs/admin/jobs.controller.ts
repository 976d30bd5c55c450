import { Controller, Get, Post, Query } from '@nestjs/common';
import { type AccessRule, ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import type { JobId } from '../../../shared/ids';
import { JobAdministration } from './job-administration.service';
import { JobAnswer, JobsAnswer, JobsQuery, toJobDetails, toJobView } from './jobs.schema';

const READERS: AccessRule = { ...ADMIN_OR_DEVELOPER, scopes: ['jobs:read'] };

@Controller('v1/admin/jobs')
export class JobsController {
  constructor(private readonly jobs: JobAdministration) {}

  /** Newest first. */
  @Get()
  @Endpoint({ summary: 'Background jobs', access: READERS, acceptsQuery: true, answer: JobsAnswer })
  async list(@Query() query: JobsQuery): Promise<JobsAnswer> {
    const { data, nextCursor } = await this.jobs.list(query);
    return { data: data.map(toJobView), nextCursor };
  }

  @Get(':id')
  @Endpoint({ summary: 'A job, with how far it is', access: READERS, answer: JobAnswer })
  async inspect(@IdParam('id') id: JobId): Promise<JobAnswer> {
    return toJobDetails(await this.jobs.inspect(id));
  }

  /** A running job ends at its next checkpoint: until then it says `cancelRequested`. */
  @Post(':id/cancel')
  @Endpoint({ summary: 'End a job', access: fresh(ADMIN), answer: JobAnswer })
  async cancel(@CurrentUser() caller: UserPrincipal, @IdParam('id') id: JobId): Promise<JobAnswer> {
    return toJobDetails(await this.jobs.cancel(principalKey(caller), id));
  }

  /** One that failed or was cancelled, from its last checkpoint. */
  @Post(':id/retry')
  @Endpoint({ summary: 'Begin a job again that is over', access: fresh(ADMIN), answer: JobAnswer })
  async retry(@CurrentUser() caller: UserPrincipal, @IdParam('id') id: JobId): Promise<JobAnswer> {
    return toJobDetails(await this.jobs.retry(principalKey(caller), id));
  }
}
