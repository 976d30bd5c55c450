import { Controller, Delete, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { fresh, SIGNED_IN } from '../../platform/http/access';
import { CurrentUser, Endpoint, ResourceId } from '../../platform/http/endpoint';
import { IdParam } from '../../platform/http/id-param';
import type { UserPrincipal } from '../../platform/http/principal';
import type { JobId } from '../../shared/ids';
import { AccountDeletions } from './deletion/account-deletions';
import { DataExports } from './export/data-exports';
import { type OwnJob, OwnJobs } from './own-jobs';
import { DeletionAnswer, ExportAnswer, OwnJobAnswer } from './privacy.schema';

@Controller('v1/me')
export class PrivacyController {
  constructor(
    private readonly deletions: AccountDeletions,
    private readonly exports: DataExports,
    private readonly jobs: OwnJobs,
  ) {}

  @Delete()
  @Endpoint({
    summary: 'Have the account erased in 30 days',
    access: fresh(SIGNED_IN),
    status: 202,
    answer: DeletionAnswer,
  })
  async delete(
    @CurrentUser() { userId, sessionId }: UserPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DeletionAnswer> {
    const { jobId: id, dueAt } = await this.deletions.request(userId, sessionId);
    reply.header('location', locationOf(id));
    return { id, status: 'scheduled', scheduledFor: dueAt.toISOString() };
  }

  @Post('deletion/cancel')
  @Endpoint({ summary: 'Keep the account after all', access: SIGNED_IN, status: 204 })
  async cancelDeletion(@CurrentUser() { userId }: UserPrincipal): Promise<void> {
    await this.deletions.cancel(userId);
  }

  @Post('export')
  @Endpoint({
    summary: 'Have everything of oneself in one file',
    access: SIGNED_IN,
    status: 202,
    idempotency: 'optional',
    answer: ExportAnswer,
  })
  async export(
    @CurrentUser() { userId }: UserPrincipal,
    @ResourceId() resourceId: JobId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExportAnswer> {
    const { jobId: id } = await this.exports.request(userId, resourceId);
    reply.header('location', locationOf(id));
    return { id, status: 'queued' };
  }

  @Get('jobs/:id')
  @Endpoint({ summary: 'How far the own deletion or export is', access: SIGNED_IN, answer: OwnJobAnswer })
  async job(@CurrentUser() { userId }: UserPrincipal, @IdParam('id') id: JobId): Promise<OwnJobAnswer> {
    return toAnswer(await this.jobs.get(userId, id));
  }
}

const locationOf = (id: JobId): string => `/v1/me/jobs/${id}`;

const toAnswer = ({ job, kind, isScheduled, download }: OwnJob): OwnJobAnswer => ({
  id: job.id,
  kind,
  status: isScheduled ? 'scheduled' : job.state,
  scheduledFor: job.runAt.toISOString(),
  createdAt: job.createdAt.toISOString(),
  finishedAt: job.finishedAt?.toISOString() ?? null,
  downloadUrl: download?.url ?? null,
  expiresAt: download?.expiresAt.toISOString() ?? null,
});
