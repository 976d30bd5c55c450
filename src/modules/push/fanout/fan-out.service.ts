import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pushConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import type { NotificationId } from '../../../shared/ids';
import { NotificationStore } from '../notifications/notification.store';
import { DeliverChunk } from '../push.schema';

/** From an audience to chunks of recipients. */
@Injectable()
export class FanOutService {
  constructor(
    private readonly store: NotificationStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(pushConfig.KEY) private readonly config: ConfigType<typeof pushConfig>,
  ) {}

  async resolveAudience(id: NotificationId): Promise<void> {
    await this.database.transaction(async (tx) => {
      const chunks = await this.store.freezeAudience(tx, id, this.config.chunkSize, this.clock.now());
      if (chunks !== undefined) await this.outbox.addAll(tx, DeliverChunk, chunks, { groupId: id });
    });
  }
}
