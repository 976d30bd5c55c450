import { Injectable } from '@nestjs/common';
import { ObjectStorage } from '../../platform/storage/object-storage';
import { Clock } from '../../shared/clock';
import { NotFound } from '../../shared/domain-error';
import type { JobId, UserId } from '../../shared/ids';
import { type Job, JobStore } from '../jobs';
import { ExportStore, type ReadyExport } from './export/export.store';
import { exportPath } from './export/export-path';
import { EraseAccount, ExportData } from './privacy.jobs';

export interface OwnJob {
  readonly job: Job;
  readonly kind: 'deletion' | 'export';
  readonly isScheduled: boolean;
  readonly download: { readonly url: string; readonly expiresAt: Date } | undefined;
}

/** A person's own deletion and exports. */
@Injectable()
export class OwnJobs {
  constructor(
    private readonly jobs: JobStore,
    private readonly exports: ExportStore,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound also for another's job, and for one of another kind; StorageUnavailable */
  async get(userId: UserId, id: JobId): Promise<OwnJob> {
    const job = await this.jobs.find(id);
    const kind =
      job?.name === EraseAccount.name ? 'deletion' : job?.name === ExportData.name ? 'export' : undefined;
    if (job === undefined || kind === undefined || job.key !== userId) throw new NotFound();
    const isScheduled = job.state === 'queued' && job.runAt > this.clock.now();
    const ready = kind === 'export' ? await this.exports.find(userId, id) : undefined;
    return { job, kind, isScheduled, download: ready && (await this.downloadOf(ready)) };
  }

  /** No URL outlives the file. */
  private async downloadOf({ userId, id, expiresAt }: ReadyExport): Promise<OwnJob['download']> {
    const seconds = Math.floor((expiresAt.getTime() - this.clock.now().getTime()) / 1000);
    if (seconds <= 0) return undefined;
    const url = await this.storage.signDownload(exportPath(userId, id), seconds);
    return url === undefined ? undefined : { url, expiresAt };
  }
}
