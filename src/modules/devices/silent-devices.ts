import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { DEAD_AFTER_DAYS, SilentDeviceStore } from './silent-device.store';

/** Seventeen past: not when everybody else's jobs run. */
const HOURLY = '17 * * * *';
const BATCH = 1_000;
/** The rest is the next look's. */
const LONGEST_LOOK_MS = 30_000;

/** Push tokens of phones that were silent for too long are dead: they are taken away, in small batches. */
@Injectable()
export class SilentDevices {
  private readonly logger = new Logger(SilentDevices.name);

  constructor(
    private readonly store: SilentDeviceStore,
    private readonly clock: Clock,
  ) {}

  /** Never fails: the next look does what this one could not. */
  @Cron(HOURLY)
  async look(): Promise<void> {
    try {
      const count = await this.endPush();
      if (count > 0)
        this.logger.log({ count, days: DEAD_AFTER_DAYS }, 'silent devices lost their push target');
    } catch (err) {
      this.logger.warn({ err }, 'looking for silent devices failed; the next look tries again');
    }
  }

  private async endPush(): Promise<number> {
    const until = performance.now() + LONGEST_LOOK_MS;
    const now = this.clock.now();
    const before = secondsAfter(now, -DEAD_AFTER_DAYS * DAY);
    let total = 0;
    let ended: number;
    do {
      ended = await this.store.endPush(before, BATCH, now);
      total += ended;
    } while (ended === BATCH && performance.now() < until);
    return total;
  }
}
