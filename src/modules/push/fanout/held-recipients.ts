import { Injectable, Logger } from '@nestjs/common';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { eachApart } from '../../../shared/each-apart';
import type { NotificationId } from '../../../shared/ids';
import { FanOutService } from './fan-out.service';
import { FanOutStore } from './fan-out.store';

const NOTIFICATIONS_A_TURN = 20;

/** Recipients who wait for the end of their quiet hours. A notification that fails keeps no other waiting. */
@Injectable()
export class HeldRecipients {
  private readonly logger = new Logger(HeldRecipients.name);

  constructor(
    private readonly store: FanOutStore,
    private readonly fanOut: FanOutService,
    private readonly clock: Clock,
  ) {}

  /** Releases those whose time has come, the longest due first. @returns whether there may be more */
  async release(): Promise<boolean> {
    const due = await this.store.withDueRecipients(NOTIFICATIONS_A_TURN, this.clock.now());
    await this.each(due, (id) => this.fanOut.releaseHeld(id), 'releasing the held of a notification failed');
    return due.length === NOTIFICATIONS_A_TURN;
  }

  /** Completes what was over when its worker died, before it could say so. @returns whether there may be more */
  async completeOverlooked(): Promise<boolean> {
    const now = this.clock.now();
    const over = await this.store.overlooked(NOTIFICATIONS_A_TURN, secondsAfter(now, -MINUTE));
    await this.each(over, (id) => this.store.completeWhenDone(id, now), 'completing a notification failed');
    return over.length === NOTIFICATIONS_A_TURN;
  }

  private each(ids: readonly NotificationId[], work: (id: NotificationId) => Promise<void>, says: string) {
    return eachApart(ids, work, (err) => tellFailure(this.logger, err, says));
  }
}
