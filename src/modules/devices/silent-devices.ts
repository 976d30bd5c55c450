import { Injectable, Logger } from '@nestjs/common';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { DEAD_AFTER_DAYS, SilentDeviceStore } from './silent-device.store';

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

  async endPush(): Promise<void> {
    const until = performance.now() + LONGEST_LOOK_MS;
    const now = this.clock.now();
    const before = secondsAfter(now, -DEAD_AFTER_DAYS * DAY);
    let total = 0;
    let ended: number;
    do {
      ended = await this.store.endPush(before, BATCH, now);
      total += ended;
    } while (ended === BATCH && performance.now() < until);
    if (total > 0)
      this.logger.log({ count: total, days: DEAD_AFTER_DAYS }, 'silent devices lost their push target');
  }
}
