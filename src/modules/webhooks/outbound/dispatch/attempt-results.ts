import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { tellFailure } from '../../../../platform/sentry/tell-failure';
import { Clock } from '../../../../shared/clock';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { type AttemptResult, DeliveryQueue, type Destination } from './delivery-queue';
import { EndpointHealth } from './endpoint-health';

/** Those that end within this time are written together: a statement costs as much as sending ten webhooks. */
const GATHER_MS = 20;
const MOST_AT_ONCE = 250;
const PAUSE_AFTER_FAILURE_MS = 1_000;
/** After that a lease is over, and somebody else attempts it anew. */
const MOST_TRIES = 30;

/** Writes how attempts ended, many in one statement. What can't be written is attempted again by whoever claims it next. */
@Injectable()
export class AttemptResults {
  private readonly logger = new Logger(AttemptResults.name);
  private readonly destinations = new Map<WebhookEndpointId, Destination>();
  private waiting: AttemptResult[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly health: EndpointHealth,
    private readonly clock: Clock,
  ) {}

  /** Nobody waits for it. */
  add(result: AttemptResult, destination: Destination): void {
    this.waiting.push(result);
    this.destinations.set(destination.id, destination);
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
    });
  }

  async written(): Promise<void> {
    await this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting.length < MOST_AT_ONCE) await delay(GATHER_MS);
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      const destinations = new Map(this.destinations);
      if (this.waiting.length === 0) this.destinations.clear();
      await this.settle(batch);
      await this.health
        .note(batch, destinations)
        .catch((err) => tellFailure(this.logger, err, 'how endpoints fare was not noted'));
    }
  }

  private async settle(batch: readonly AttemptResult[]): Promise<void> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      try {
        return await this.queue.settle(batch, this.clock.now());
      } catch (err) {
        tellFailure(this.logger, err, 'results of webhooks could not be written', { count: batch.length });
        await delay(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }
}
