import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { mediaConfig } from '../../config/slices';
import { Database } from '../../platform/database/database';
import { ObjectStorage, UPLOAD_URL_SECONDS } from '../../platform/storage/object-storage';
import { Clock, MINUTE, secondsAfter } from '../../shared/clock';
import { NotFound, Unauthenticated } from '../../shared/domain-error';
import type { MediaId, UserId } from '../../shared/ids';
import { QuotaExceeded, UploadMismatch, UploadMissing } from './media.errors';
import type { Purpose } from './media.schema';
import { type Media, MediaStore, pathOf } from './media.store';

const DOWNLOAD_SECONDS = 10 * MINUTE;

export interface NewUpload {
  readonly id: MediaId;
  readonly purpose: Purpose;
  readonly contentType: string;
  readonly bytes: number;
}

export interface Download {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Files of users: the bytes go between phone and storage, past us. */
@Injectable()
export class MediaService {
  constructor(
    private readonly store: MediaStore,
    private readonly storage: ObjectStorage,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(mediaConfig.KEY) private readonly config: ConfigType<typeof mediaConfig>,
  ) {}

  /**
   * Announces a file; its bytes count against the quota from now on. The same id again announces nothing new.
   * @throws QuotaExceeded, StorageUnavailable
   */
  async begin(userId: UserId, upload: NewUpload): Promise<{ media: Media; uploadUrl: string }> {
    const now = this.clock.now();
    const uploadUntil = secondsAfter(now, UPLOAD_URL_SECONDS);
    const media: Media = { ...upload, userId, status: 'pending', createdAt: now, uploadUntil };
    // signed first: what can't be uploaded must not count against the quota
    const uploadUrl = await this.storage.signUpload(pathOf(userId, upload.id));
    await this.database.transaction(async (tx) => {
      const used = await this.store.lockUsage(tx, userId);
      if (used === undefined) throw new Unauthenticated();
      const { quotaBytes } = this.config;
      const isKnown = (await this.store.find(userId, upload.id)) !== undefined;
      if (!isKnown && used + upload.bytes > quotaBytes) throw new QuotaExceeded(quotaBytes, used);
      await this.store.add(tx, media);
    });
    return { media, uploadUrl };
  }

  /**
   * Looks at what was uploaded. Doing it twice is fine.
   * @throws NotFound, UploadMissing, UploadMismatch, StorageUnavailable
   */
  async complete(userId: UserId, id: MediaId): Promise<Media> {
    const media = await this.owned(userId, id);
    if (media.status === 'ready') return media;
    const stored = await this.storage.describe(pathOf(userId, id));
    if (stored === undefined) throw new UploadMissing();
    if (stored.bytes !== media.bytes || stored.contentType !== media.contentType) {
      await this.store.discard(userId, id, this.clock.now());
      throw new UploadMismatch();
    }
    if (!(await this.store.complete(userId, id))) throw new NotFound();
    return { ...media, status: 'ready' };
  }

  /** @throws NotFound, StorageUnavailable */
  async get(userId: UserId, id: MediaId): Promise<{ media: Media; download: Download | null }> {
    const media = await this.owned(userId, id);
    if (media.status === 'pending') return { media, download: null };
    const url = await this.storage.signDownload(pathOf(userId, id), DOWNLOAD_SECONDS);
    if (url === undefined) throw new NotFound();
    return { media, download: { url, expiresAt: secondsAfter(this.clock.now(), DOWNLOAD_SECONDS) } };
  }

  /** It is gone for its owner at once; the bytes follow within a minute. @throws NotFound */
  async delete(userId: UserId, id: MediaId): Promise<void> {
    if (!(await this.store.discard(userId, id, this.clock.now()))) throw new NotFound();
  }

  private async owned(userId: UserId, id: MediaId): Promise<Media> {
    const media = await this.store.find(userId, id);
    if (media === undefined) throw new NotFound();
    return media;
  }
}
