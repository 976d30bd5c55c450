import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../../config/slices';
import { tellFailure } from '../../../../platform/sentry/tell-failure';
import { Clock, secondsAfter } from '../../../../shared/clock';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { excerptContext } from '../sending/excerpt-context';
import { judge } from '../sending/outcome';
import { type WebhookAnswer, WebhookSender } from '../sending/webhook-sender';
import { AttemptResults } from './attempt-results';
import { type ClaimedDelivery, DeliveryQueue } from './delivery-queue';
import { Pace } from './pace';
import { type Target, Targets } from './targets';

/** A receiver that hangs keeps so many busy for 15 s each, and no other waits for it. */
const PER_ENDPOINT = 32;
const CLAIM_SIZE = 256;
/** Longer than an attempt and the writing of its result may take. */
const LEASE_SECONDS = 60;
/** Of what was claimed, over before more is: enough is under way until that comes, and few connections carry it. */
const DONE_BEFORE_NEXT = 3 / 4;
/** Whoever hangs must not keep the others' next from being claimed. */
const LONGEST_WAIT_MS = 50;
/** With nothing to claim, and some under way: what their endpoints have more of is claimed once there is room. */
const ROOM_WAIT_MS = { least: 20, most: 250 };
/** What is under way when the process ends may take so long to finish. */
const STOP_MS = 5_000;

/** Takes what is due, sends it side by side, and hands on how it went. */
@Injectable()
export class DeliveryDispatcher {
  private readonly logger = new Logger(DeliveryDispatcher.name);
  private readonly underWay = new Map<WebhookEndpointId, number>();
  private readonly attempts = new Set<Promise<void>>();
  private readonly pace = new Pace();
  private readonly targets: Targets;
  private turning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly sender: WebhookSender,
    private readonly results: AttemptResults,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {
    this.targets = new Targets(keys.data);
  }

  /**
   * One claim. Returns once most of it is done, so that the next is claimed while the rest is under way.
   * @returns whether there may be more to claim
   */
  turn(): Promise<boolean> {
    const turn = this.claimAndStart();
    this.turning = turn.catch(() => undefined);
    return turn;
  }

  /** What is under way has five seconds to end; what has not by then is due again at once. */
  async stop(): Promise<void> {
    await this.turning;
    const { size } = this.attempts;
    if (size > 0) await this.pace.wait(size, STOP_MS);
    this.sender.abort();
    await Promise.all(this.attempts);
    await this.results.written();
  }

  private async claimAndStart(): Promise<boolean> {
    const now = this.clock.now();
    const limits = { perEndpoint: PER_ENDPOINT, inAll: CLAIM_SIZE, underWay: this.underWay };
    const claimed = await this.queue.claim(limits, now, secondsAfter(now, LEASE_SECONDS));
    if (claimed.length === 0) return this.awaitRoom();
    const targets = await this.targetsOf(claimed);
    const most = this.pace.wait(Math.ceil(claimed.length * DONE_BEFORE_NEXT), LONGEST_WAIT_MS);
    for (const delivery of claimed) {
      const target = targets.get(delivery.endpointId);
      // without one its endpoint was deleted since, and with it the delivery; or it can't be signed now
      if (target !== undefined) this.start(delivery, target);
    }
    await most;
    return true;
  }

  private async awaitRoom(): Promise<boolean> {
    if (this.attempts.size === 0) return false;
    await delay(ROOM_WAIT_MS.least);
    if (this.attempts.size > 0) await this.pace.wait(1, ROOM_WAIT_MS.most);
    return true;
  }

  private start(delivery: ClaimedDelivery, target: Target): void {
    this.occupy(delivery.endpointId, 1);
    const attempt = this.attempt(delivery, target).finally(() => {
      this.occupy(delivery.endpointId, -1);
      this.attempts.delete(attempt);
      this.pace.count();
    });
    this.attempts.add(attempt);
  }

  private async attempt(delivery: ClaimedDelivery, target: Target): Promise<void> {
    const { eventId: id, body } = delivery;
    const startedAt = this.clock.now();
    const answer = await this.sender.send({ ...target, id, body, now: startedAt });
    const verdict = judge(answer, delivery.failures, this.clock.now());
    const { status, latencyMs } = answer;
    const responseSealed = this.sealExcerpt(delivery, answer);
    this.results.add(
      { delivery, startedAt, status, latencyMs, responseSealed, ...verdict },
      target.destination,
    );
  }

  private sealExcerpt(
    { endpointId, eventId }: ClaimedDelivery,
    { excerpt }: WebhookAnswer,
  ): Buffer | undefined {
    return excerpt && this.keys.data.seal(excerpt, excerptContext(endpointId, eventId));
  }

  private async targetsOf(claimed: readonly ClaimedDelivery[]): Promise<Map<WebhookEndpointId, Target>> {
    const ids = [...new Set(claimed.map(({ endpointId }) => endpointId))];
    const now = this.clock.now();
    const destinations = await this.queue.destinations(ids);
    const targets = new Map<WebhookEndpointId, Target>();
    for (const destination of destinations) {
      try {
        targets.set(destination.id, this.targets.of(destination, now));
      } catch (err) {
        // a data key is not there: what was claimed is due again after its lease, and no other endpoint waits
        tellFailure(this.logger, err, 'the secrets of a webhook endpoint can not be opened');
      }
    }
    return targets;
  }

  private occupy(id: WebhookEndpointId, change: 1 | -1): void {
    const count = (this.underWay.get(id) ?? 0) + change;
    if (count === 0) this.underWay.delete(id);
    else this.underWay.set(id, count);
  }
}
