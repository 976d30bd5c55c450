import { Injectable, Logger } from '@nestjs/common';
import { backOffSeconds } from '../../../platform/sqs/back-off';
import { NotYet, TryAgainLater } from '../../../platform/sqs/message-handlers';
import { Clock, HOUR } from '../../../shared/clock';
import {
  ProviderUnavailable,
  type PushOutcome,
  type SendObserver,
  takesWholeBatch,
} from '../providers/push-provider';
import { PushProviders } from '../providers/push-providers';
import type { ChunkRef } from '../push.schema';
import { type Chunk, type ChunkResult, ChunkStore, type Receipt } from './chunk.store';
import { Failover } from './failover';

const LONGEST_PAUSE_SECONDS = 900;
/** Quiet hours are asked again at least so often: somebody may have changed them. */
const LONGEST_WAIT_SECONDS = HOUR;

/** From chunks to provider calls. Each step may be repeated at any point. */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger(DeliveryService.name);

  constructor(
    private readonly store: ChunkStore,
    private readonly providers: PushProviders,
    private readonly failover: Failover,
    private readonly clock: Clock,
  ) {}

  /**
   * One try of a chunk.
   * @throws TryAgainLater while the provider gives no clear answer; a push that outlived its TTL fails instead
   */
  async deliverChunk(ref: ChunkRef, attempt: number): Promise<void> {
    const opened = await this.store.open(ref, this.clock.now());
    if (opened.state === 'over') return;
    if (opened.state === 'waits') {
      throw new NotYet(opened.reason, Math.min(opened.seconds, LONGEST_WAIT_SECONDS));
    }
    const { chunk } = opened;
    const tally = { ambiguousRetries: 0 };
    try {
      const outcome = await this.send(ref, chunk, tally);
      await this.settle(ref, chunk, outcome, tally.ambiguousRetries);
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      const left = await this.unanswered(ref, chunk, error, tally.ambiguousRetries);
      if (left > 0) throw new TryAgainLater(error.message, pauseSeconds(error, attempt));
    }
  }

  async delivered(receipt: Receipt): Promise<void> {
    await this.store.markDelivered(receipt, this.clock.now());
  }

  private send(ref: ChunkRef, chunk: Chunk, tally: { ambiguousRetries: number }): Promise<PushOutcome> {
    const provider = this.providers.get(chunk.provider);
    if (provider === undefined) {
      throw new ProviderUnavailable('the provider is not configured', {
        ambiguous: false,
        circuitOpen: true,
      });
    }
    const observer: SendObserver = {
      starting: (targets) => this.store.markTried(ref, targets, this.clock.now()),
      settled: async (results) => {
        // not touched by this try is no news of an earlier one
        const news = results.filter(
          ({ target, result }) => result !== 'untouched' || !chunk.inDoubt.has(target),
        );
        await this.store.settleTargets(ref, chunk.provider, news, this.clock.now());
      },
      retriedAmbiguously: (count) => {
        tally.ambiguousRetries += count;
      },
    };
    return provider.send(chunk, observer);
  }

  private async settle(ref: ChunkRef, chunk: Chunk, outcome: PushOutcome, retries: number): Promise<void> {
    const refusedWhole = outcome.outcome === 'refused' && takesWholeBatch(chunk.provider);
    if (refusedWhole && !chunk.triedBefore) {
      const left = await this.moveOver(ref, chunk, outcome.reason);
      if (left === 0) return;
    }
    await this.store.settleChunk(ref, toResult(outcome), retries, this.clock.now());
  }

  /** @returns how many members are still without a result and without another way */
  private async unanswered(
    ref: ChunkRef,
    chunk: Chunk,
    failure: ProviderUnavailable,
    ambiguousRetries: number,
  ): Promise<number> {
    const untouched = !chunk.triedBefore && !failure.ambiguous;
    await this.store.noteUnanswered(ref, { untouched, ambiguousRetries }, this.clock.now());
    if (ambiguousRetries > 0) {
      const facts = { provider: chunk.provider, metric: 'push.ambiguous_retries', count: ambiguousRetries };
      this.logger.warn(facts, 'calls without an answer were repeated');
    }
    // recipients that are sent to one by one are in doubt one by one
    const mayMove = untouched || !takesWholeBatch(chunk.provider);
    return failure.circuitOpen && mayMove ? this.moveOver(ref, chunk, failure.message) : chunk.targets.length;
  }

  /** @returns how many stay */
  private async moveOver(ref: ChunkRef, chunk: Chunk, reason: string): Promise<number> {
    const other = this.providers.otherThan(chunk.provider);
    if (other === undefined) return chunk.targets.length;
    return this.failover.move(ref, chunk.provider, other.name, reason, this.clock.now());
  }
}

function pauseSeconds({ retryAfterSeconds, circuitOpen }: ProviderUnavailable, attempt: number): number {
  const asked = Math.min(retryAfterSeconds ?? 0, LONGEST_PAUSE_SECONDS);
  return Math.max(asked, backOffSeconds(circuitOpen ? 1 : attempt));
}

function toResult(outcome: PushOutcome): ChunkResult {
  switch (outcome.outcome) {
    case 'accepted':
      return {
        state: 'sent',
        providerMessageId: outcome.messageId,
        invalidTargets: outcome.invalidTargets,
      };
    case 'nobody_reachable':
      return {
        state: 'failed',
        reason: 'not_subscribed',
        deliveryState: 'invalid',
        invalidTargets: outcome.invalidTargets,
      };
    case 'refused':
      return { state: 'failed', reason: outcome.reason, deliveryState: 'failed', invalidTargets: [] };
  }
}
