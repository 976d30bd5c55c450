import { Injectable } from '@nestjs/common';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { FanOutService } from './fan-out.service';
import { FanOutStore } from './fan-out.store';

const NOTIFICATIONS_A_TURN = 20;

/** Recipients who wait for the end of their quiet hours. */
@Injectable()
export class HeldRecipients {
  constructor(
    private readonly store: FanOutStore,
    private readonly fanOut: FanOutService,
    private readonly clock: Clock,
  ) {}

  /** Releases those whose time has come, the longest due first. @returns whether there may be more */
  async release(): Promise<boolean> {
    const due = await this.store.withDueRecipients(NOTIFICATIONS_A_TURN, this.clock.now());
    for (const id of due) await this.fanOut.releaseHeld(id);
    return due.length === NOTIFICATIONS_A_TURN;
  }

  /** Completes what was over when its worker died, before it could say so. @returns whether there may be more */
  async completeOverlooked(): Promise<boolean> {
    const now = this.clock.now();
    const over = await this.store.overlooked(NOTIFICATIONS_A_TURN, secondsAfter(now, -MINUTE));
    for (const id of over) await this.store.completeWhenDone(id, now);
    return over.length === NOTIFICATIONS_A_TURN;
  }
}
