import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pushConfig } from '../../config/slices';
import { Database } from '../../platform/database/database';
import { backOffSeconds } from '../../platform/sqs/back-off';
import { TryAgainLater } from '../../platform/sqs/message-handlers';
import { Outbox } from '../../platform/sqs/outbox';
import { Clock } from '../../shared/clock';
import type { NotificationId } from '../../shared/ids';
import { type Chunk, type ChunkResult, NotificationStore, type Receipt } from './notification.store';
import { type ChunkRef, DeliverChunk } from './push.schema';
import { ProviderUnavailable, type PushOutcome, PushProvider } from './push-provider';

const LONGEST_PAUSE_SECONDS = 900;
const EXPIRED: ChunkResult = { state: 'failed', reason: 'expired', deliveryState: 'failed' };

/** From an audience to provider calls: first rows, then chunks. Each step may be repeated at any point. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly store: NotificationStore,
    private readonly provider: PushProvider,
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

  /** @throws TryAgainLater while the provider gives no clear answer; a push that outlived its TTL fails instead */
  async deliverChunk(ref: ChunkRef, attempt: number): Promise<void> {
    const chunk = await this.store.findPendingChunk(ref);
    if (chunk === undefined) return;
    const expired = chunk.expiresAt <= this.clock.now();
    const result = expired ? EXPIRED : toResult(await this.send(chunk, attempt));
    await this.store.settleChunk(ref, result, this.clock.now());
  }

  private async send(chunk: Chunk, attempt: number): Promise<PushOutcome> {
    try {
      return await this.provider.send(chunk);
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      const asked = Math.min(error.retryAfterSeconds ?? 0, LONGEST_PAUSE_SECONDS);
      throw new TryAgainLater(error.message, Math.max(asked, backOffSeconds(attempt)));
    }
  }

  async delivered(receipt: Receipt): Promise<void> {
    await this.store.markDelivered(receipt, this.clock.now());
  }
}

function toResult(outcome: PushOutcome): ChunkResult {
  switch (outcome.outcome) {
    case 'accepted':
      return { state: 'sent', providerMessageId: outcome.messageId, invalidTargets: outcome.invalidTargets };
    case 'nobody_reachable':
      return { state: 'failed', reason: 'not_subscribed', deliveryState: 'invalid' };
    case 'refused':
      return { state: 'failed', reason: outcome.reason, deliveryState: 'failed' };
  }
}
