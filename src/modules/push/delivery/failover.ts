import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pushConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import { Outbox } from '../../../platform/sqs/outbox';
import { AuditLog } from '../../audit';
import { FCM_CHUNK_SIZE } from '../fanout/placement';
import type { ProviderName } from '../providers/push-provider';
import { type ChunkRef, DeliverChunk } from '../push.schema';
import { ChunkStore } from './chunk.store';

/** The other way to a phone, for members who certainly got nothing: with an audit row and a line for each time. */
@Injectable()
export class Failover {
  private readonly logger = new Logger(Failover.name);

  constructor(
    private readonly store: ChunkStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly database: Database,
    @Inject(pushConfig.KEY) private readonly config: ConfigType<typeof pushConfig>,
  ) {}

  /** @returns how many stay, for want of another way */
  async move(
    ref: ChunkRef,
    from: ProviderName,
    to: ProviderName,
    reason: string,
    now: Date,
  ): Promise<number> {
    const { notificationId, chunk } = ref;
    const size = to === 'fcm' ? FCM_CHUNK_SIZE : this.config.chunkSize;
    const { moved, left } = await this.database.transaction(async (tx) => {
      const result = await this.store.failOver(tx, ref, to, size, now);
      if (result.moved === 0) return result;
      await this.outbox.addAll(tx, DeliverChunk, result.chunks, { groupId: notificationId });
      await this.audit.record(tx, {
        actor: 'system',
        action: 'push.failed_over',
        target: `notification:${notificationId}`,
        details: { chunk, from, to, reason, count: result.moved },
      });
      return result;
    });
    if (moved > 0) {
      const facts = { metric: 'push.failover', provider: from, otherProvider: to, count: moved, reason };
      this.logger.warn({ ...facts, notificationId, chunk }, 'recipients move to the other provider');
    }
    return left;
  }
}
