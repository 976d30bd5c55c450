import type { FanOut, FrozenPage, Sizes } from '../../src/modules/push/fanout/fan-out.store';
import { PgFanOutStore } from '../../src/modules/push/fanout/pg-fan-out.store';
import type { Database } from '../../src/platform/database/database';
import type { Transaction } from '../../src/platform/database/transaction';
import { Outbox } from '../../src/platform/sqs/outbox';
import type { NotificationId } from '../../src/shared/ids';

type Boundary = 'lock' | 'page before' | 'page after' | 'messages';
export const BOUNDARIES: readonly Boundary[] = ['lock', 'page before', 'page after', 'messages'];

/** A worker that dies at one point of its `after`th page. */
export class DyingStore extends PgFanOutStore {
  #left: number;

  constructor(
    database: Database,
    readonly at: Boundary,
    after: number,
  ) {
    super(database);
    this.#left = after;
  }

  override async lock(tx: Transaction, id: NotificationId): Promise<FanOut | undefined> {
    this.#left -= 1;
    const found = await super.lock(tx, id);
    this.dieAt('lock');
    return found;
  }

  override async freezePage(tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date): Promise<FrozenPage> {
    this.dieAt('page before');
    const page = await super.freezePage(tx, fanOut, sizes, now);
    this.dieAt('page after');
    return page;
  }

  dieAt(boundary: Boundary): void {
    if (this.at === boundary && this.#left === 0) throw new Error('killed');
  }
}

export class DyingOutbox extends Outbox {
  store: DyingStore | undefined;

  override async addAll(...args: Parameters<Outbox['addAll']>): Promise<void> {
    await super.addAll(...args);
    this.store?.dieAt('messages');
  }
}
