import { Injectable } from '@nestjs/common';
import { backOffSeconds } from '../../../platform/sqs/back-off';
import { TryAgainLater } from '../../../platform/sqs/message-handlers';
import { Clock } from '../../../shared/clock';
import { ProviderUnavailable, type PushOutcome, PushProvider } from '../providers/push-provider';
import type { ChunkRef } from '../push.schema';
import { type Chunk, type ChunkResult, ChunkStore, type Receipt } from './chunk.store';

const LONGEST_PAUSE_SECONDS = 900;
const EXPIRED: ChunkResult = { state: 'failed', reason: 'expired', deliveryState: 'failed' };

/** From chunks to provider calls. Each step may be repeated at any point. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly store: ChunkStore,
    private readonly provider: PushProvider,
    private readonly clock: Clock,
  ) {}

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
