import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { ObjectStorage } from '../../../platform/storage/object-storage';
import { Clock, secondsAfter } from '../../../shared/clock';
import type { JobId, UserId } from '../../../shared/ids';
import { GiveUp } from '../../jobs';
import { EXPORT_SECONDS } from '../privacy.jobs';
import { ExportStore } from './export.store';
import { ExportNotices } from './export-notices';
import { exportPath } from './export-path';
import { PersonalFile } from './personal-file';

/** Makes the file, and takes it away a day later. Killed at any point it makes the same one again. */
@Injectable()
export class ExportMaking {
  constructor(
    private readonly store: ExportStore,
    private readonly file: PersonalFile,
    private readonly storage: ObjectStorage,
    private readonly notices: ExportNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws StorageUnavailable */
  async make(userId: UserId, id: JobId): Promise<void> {
    const path = exportPath(userId, id);
    let bytes = 0;
    const content = () => {
      bytes = 0;
      return this.file.read(userId, this.clock.now(), (more) => {
        bytes += more;
      });
    };
    await this.storage.putStream(path, content, 'application/json');
    const url = await this.storage.signDownload(path, EXPORT_SECONDS);
    if (url === undefined) throw new Error('an export is not there after it was written');
    const isTheirs = await this.database.transaction((tx) => this.note(tx, { userId, id, bytes, url }));
    if (isTheirs) return;
    await this.storage.remove([path]);
    throw new GiveUp('the account is gone');
  }

  /** It leaves with its row. */
  async remove(userId: UserId, id: JobId): Promise<void> {
    await this.storage.remove([exportPath(userId, id)]);
    await this.store.remove(id);
  }

  private async note(
    tx: Transaction,
    { url, ...file }: { userId: UserId; id: JobId; bytes: number; url: string },
  ): Promise<boolean> {
    const readyAt = this.clock.now();
    const expiresAt = secondsAfter(readyAt, EXPORT_SECONDS);
    if (!(await this.store.add(tx, { ...file, readyAt, expiresAt }))) return false;
    await this.notices.ready(tx, { ...file, url, expiresAt });
    return true;
  }
}
