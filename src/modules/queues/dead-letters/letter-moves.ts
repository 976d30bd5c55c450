import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import { InboxRecords } from '../../../platform/sqs/inbox-records';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock, secondsAfter } from '../../../shared/clock';
import { DeadLetterActionStore, type DueAction, type MovableLetter } from './dead-letter-action.store';
import { sealContext } from './letter-body';

/** Few enough that the rows are locked for some milliseconds only. */
const MOST_BATCH = 500;
/** A batch is what may go in this time: small enough to be even, large enough to be cheap. */
const BATCH_SECONDS = 0.5;
/** A worker that comes late makes up for so much. */
const MOST_CATCH_UP_SECONDS = 1;

/** Moves the next batch of an action: letters, messages and how far it has come, in one transaction. */
@Injectable()
export class LetterMoves {
  constructor(
    private readonly store: DeadLetterActionStore,
    private readonly outbox: Outbox,
    private readonly inbox: InboxRecords,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {}

  async moveNext(tx: Transaction, action: DueAction): Promise<void> {
    const now = this.clock.now();
    const limit = Math.min(action.left, batchOf(action));
    const letters = limit > 0 ? await this.store.lockLetters(tx, action.scope, limit) : [];
    const ids = letters.map(({ id }) => id);
    if (action.kind === 'redrive') await this.sendAgain(tx, action, letters, now);
    await this.store.move(tx, ids, action.kind === 'redrive' ? 'redriven' : 'discarded', action.id, now);
    // none although some are left: somebody else has moved them
    const finished = letters.length === 0 || letters.length === action.left;
    await this.store.advance(tx, action.id, {
      more: letters.length,
      nextAt: nextAfter(action, letters.length, now),
      finishedAt: finished ? now : null,
    });
  }

  /** Under their own ids and in their own groups: whoever has none must not delay what comes in. */
  private async sendAgain(
    tx: Transaction,
    action: DueAction,
    letters: readonly MovableLetter[],
    now: Date,
  ): Promise<void> {
    const ids = letters.map(({ id }) => id);
    await this.inbox.forget(tx, ids, now);
    await this.outbox.resend(
      tx,
      letters.map(({ id, queue, groupId, bodySealed }) => ({
        id,
        queue,
        body: this.keys.data.open(bodySealed, sealContext(id)).toString('utf8'),
        groupId: groupId ?? `redrive:${action.id}`,
      })),
    );
  }
}

const batchOf = ({ rate }: DueAction): number =>
  rate === undefined ? MOST_BATCH : Math.min(MOST_BATCH, Math.max(1, Math.ceil(rate * BATCH_SECONDS)));

function nextAfter({ rate, nextAt }: DueAction, moved: number, now: Date): Date {
  if (rate === undefined) return now;
  const earliest = secondsAfter(now, -MOST_CATCH_UP_SECONDS);
  return secondsAfter(nextAt > earliest ? nextAt : earliest, moved / rate);
}
