import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { Clock, DAY, secondsAfter } from '../../../shared/clock';
import { eachApart } from '../../../shared/each-apart';
import type { UserId } from '../../../shared/ids';
import { DeletionScheduling } from '../deletion/deletion-scheduling';
import { UnusedAccountStore } from './unused-account.store';
import { UnusedNotices } from './unused-notices';

/** Seven years. */
const UNUSED_SECONDS = 2_557 * DAY;
/** In one run: the next one does the rest. */
const MOST_AT_ONCE = 200;

/** Has accounts erased that nobody used for seven years, with the same grace as if their owner had asked for it. */
@Injectable()
export class UnusedAccounts {
  private readonly logger = new Logger(UnusedAccounts.name);

  constructor(
    private readonly store: UnusedAccountStore,
    private readonly scheduling: DeletionScheduling,
    private readonly notices: UnusedNotices,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws the first failure, once each had its turn */
  async requestErasures(): Promise<void> {
    const before = secondsAfter(this.clock.now(), -UNUSED_SECONDS);
    const found = await this.store.find(before, MOST_AT_ONCE);
    await eachApart(
      found,
      (userId) => this.request(userId, before),
      (err) => tellFailure(this.logger, err, 'an unused account could not be scheduled for erasure'),
    );
    if (found.length > 0)
      this.logger.log({ count: found.length }, 'unused accounts are to be erased at the end of their grace');
  }

  private async request(userId: UserId, before: Date): Promise<void> {
    await this.database.transaction(async (tx) => {
      const email = await this.store.hold(tx, userId, before);
      if (email === undefined) return;
      const { isNew } = await this.scheduling.schedule(tx, userId, { unused: true });
      if (isNew) await this.notices.scheduled(tx, userId, email);
    });
  }
}
