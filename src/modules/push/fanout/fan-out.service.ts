import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pushConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { Outbox } from '../../../platform/sqs/outbox';
import { Clock } from '../../../shared/clock';
import type { NotificationId, UserId } from '../../../shared/ids';
import { DeliverChunk, ResolveAudience } from '../push.schema';
import { type FanOut, FanOutStore, type FrozenPage, type Sizes } from './fan-out.store';

/** After it other messages have their turn. */
const TURN_MS = 10_000;
/** A page is one transaction: well below a second. */
const MOST_USERS_A_PAGE = 6_000;
const CHUNKS_A_PAGE = 3;

/** What a handler knows of the message it was called for. */
interface ResolveMessage {
  /** The cursor when it was written. */
  readonly after: UserId | null;
  /** Whether it was received before. */
  readonly again: boolean;
}

const FIRST: ResolveMessage = { after: null, again: false };

type Step = (tx: Transaction, fanOut: FanOut, sizes: Sizes, now: Date) => Promise<FrozenPage>;

/** From an audience to chunks of recipients, page by page: killed anywhere, the next try goes on at the cursor. */
@Injectable()
export class FanOutService {
  private readonly chunkSize: number;

  constructor(
    private readonly store: FanOutStore,
    private readonly outbox: Outbox,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(pushConfig.KEY) { chunkSize }: ConfigType<typeof pushConfig>,
  ) {
    this.chunkSize = chunkSize;
  }

  /**
   * Freezes pages of the audience until its end or that of its turn; then a new message goes to the back of the queue.
   * A message that comes again after pages were frozen under it hands over to a new one: a queue gives a message up
   * after some receives, and it is the lack of progress that should count, not the number of workers that died.
   */
  async resolveAudience(id: NotificationId, message: ResolveMessage = FIRST): Promise<void> {
    if (message.again && (await this.handOver(id, message))) return;
    const more = await this.pages(id, async (tx, fanOut, sizes, now) =>
      fanOut.resolved ? { more: false, chunks: [] } : this.store.freezePage(tx, fanOut, sizes, now),
    );
    if (more) await this.handOver(id, message);
  }

  /** Judges the recipients whose quiet hours are over again. */
  async releaseHeld(id: NotificationId): Promise<void> {
    await this.pages(id, (tx, fanOut, sizes, now) => this.store.releasePage(tx, fanOut, sizes, now));
  }

  /** @returns whether there was progress under this message, and a new one goes on from there */
  private async handOver(id: NotificationId, { after }: ResolveMessage): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const { cursor = null, resolved = true } = (await this.store.lock(tx, id)) ?? {};
      if (resolved || cursor === null || cursor === after) return false;
      const payload = { notificationId: id, after: cursor };
      await this.outbox.add(tx, ResolveAudience, payload, { groupId: id });
      return true;
    });
  }

  /** One transaction a page, with the messages of the chunks that it filled. @returns whether more pages follow */
  private async pages(id: NotificationId, step: Step): Promise<boolean> {
    const end = performance.now() + TURN_MS;
    let more = true;
    while (more && performance.now() < end) more = await this.page(id, step);
    if (!more) await this.store.completeWhenDone(id, this.clock.now());
    return more;
  }

  private page(id: NotificationId, step: Step): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const fanOut = await this.store.lock(tx, id);
      if (fanOut === undefined) return false;
      const page = await step(tx, fanOut, this.sizesOf(fanOut), this.clock.now());
      const refs = page.chunks.map((chunk) => ({ notificationId: id, chunk }));
      await this.outbox.addAll(tx, DeliverChunk, refs, { groupId: id });
      return page.more;
    });
  }

  /** The first page fills one chunk, so that sending begins; what a page costs beside its rows is then shared by more. */
  private sizesOf({ cursor }: FanOut): Sizes {
    const chunks = cursor === null ? 1 : CHUNKS_A_PAGE;
    return { page: Math.min(chunks * this.chunkSize, MOST_USERS_A_PAGE), chunk: this.chunkSize };
  }
}
