import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import { InboxRecords } from '../../../platform/sqs/inbox-records';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock, secondsAfter } from '../../../shared/clock';
import type { DeadLetterId } from '../../../shared/ids';
import { DeadLetterActionStore, type DueAction, type MovableLetter } from './dead-letter-action.store';
import { openLetter } from './letter-body';

/** Few enough that the rows are locked for some milliseconds only. */
const MOST_BATCH = 500;
/** A batch is what may go in this time: small enough to be even, large enough to be cheap. */
const BATCH_SECONDS = 0.5;
const UNOPENABLE = {
  code: 'unopenable',
  words: 'no data key opens its body: it was sealed under a key that is gone, or was changed',
} as const;
/** A worker that comes late makes up for so much. */
const MOST_CATCH_UP_SECONDS = 1;

interface OpenLetter extends MovableLetter {
  readonly body: string;
}

/** Moves the next batch of an action: letters, messages and how far it has come, in one transaction. */
@Injectable()
export class LetterMoves {
  private readonly logger = new Logger(LetterMoves.name);

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
    const found = limit > 0 ? await this.store.lockLetters(tx, action, limit) : [];
    const ids =
      action.kind === 'redrive' ? await this.sendAgain(tx, action, found, now) : found.map(({ id }) => id);
    await this.store.move(tx, ids, action.kind === 'redrive' ? 'redriven' : 'discarded', action.id, now);
    // none although some are left: somebody else has moved them, or they can't be opened
    const finished = found.length === 0 || ids.length === action.left;
    await this.store.advance(tx, action.id, {
      more: ids.length,
      nextAt: nextAfter(action, ids.length, now),
      finishedAt: finished ? now : null,
    });
  }

  /** Under their own ids and in their own groups: whoever has none must not delay what comes in. @returns what was sent */
  private async sendAgain(
    tx: Transaction,
    action: DueAction,
    letters: readonly MovableLetter[],
    now: Date,
  ): Promise<DeadLetterId[]> {
    const open = await this.open(tx, action, letters);
    const ids = open.map(({ id }) => id);
    await this.inbox.forget(tx, ids, now);
    await this.outbox.resend(
      tx,
      open.map(({ id, queue, groupId, body }) => ({
        id,
        queue,
        body,
        groupId: groupId ?? `redrive:${action.id}`,
      })),
    );
    return ids;
  }

  /** What no key opens can't be sent, however often it is tried: it is set aside, and holds nobody up. */
  private async open(
    tx: Transaction,
    action: DueAction,
    letters: readonly MovableLetter[],
  ): Promise<OpenLetter[]> {
    const open: OpenLetter[] = [];
    const shut: DeadLetterId[] = [];
    for (const letter of letters) {
      const body = openLetter(this.keys.data, letter.id, letter.bodySealed);
      if (body === undefined) shut.push(letter.id);
      else open.push({ ...letter, body });
    }
    if (shut.length > 0) {
      this.logger.error({ count: shut.length }, "dead letters can't be opened, and are not sent again");
      await this.store.setAside(tx, shut, UNOPENABLE, action.id);
    }
    return open;
  }
}

const batchOf = ({ rate }: DueAction): number =>
  rate === undefined ? MOST_BATCH : Math.min(MOST_BATCH, Math.max(1, Math.ceil(rate * BATCH_SECONDS)));

function nextAfter({ rate, nextAt }: DueAction, moved: number, now: Date): Date {
  if (rate === undefined) return now;
  const earliest = secondsAfter(now, -MOST_CATCH_UP_SECONDS);
  return secondsAfter(nextAt > earliest ? nextAt : earliest, moved / rate);
}
