import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import type { WebhookReplayId } from '../../../../shared/ids';
import { GiveUp, type JobRun } from '../../../jobs';
import type { ReplayPosition } from '../../webhooks.jobs';
import { EventRelease } from './event-release';
import { type Replay, WebhookReplayStore } from './webhook-replay.store';

/** Few enough that the rows are locked for some milliseconds only. */
const BATCH = 500;

type ReplayRun = JobRun<ReplayPosition>;

/** Gives a range of events to their handlers again, batch by batch. */
@Injectable()
export class RangeReplay {
  constructor(
    private readonly store: WebhookReplayStore,
    private readonly release: EventRelease,
    private readonly database: Database,
  ) {}

  async perform(id: WebhookReplayId, run: ReplayRun): Promise<void> {
    const replay = await this.store.find(id);
    if (replay === undefined) throw new GiveUp('the range is not known any more');
    let position = run.state;
    for (let more = true; more; ) ({ position, more } = await this.batch(replay, position, run));
  }

  /** The events and how far that is: whoever dies between has done both or nothing. */
  private async batch(
    { range, counted }: Replay,
    position: ReplayPosition | undefined,
    run: ReplayRun,
  ): Promise<{ position: ReplayPosition | undefined; more: boolean }> {
    return this.database.transaction(async (tx) => {
      const after = position && { ...position.after, receivedAt: new Date(position.after.receivedAt) };
      const events = await this.store.lockNext(tx, range, after, BATCH);
      const last = events.at(-1);
      if (last === undefined) return { position, more: false };
      await this.release.giveOut(tx, events);
      const done = (position?.done ?? 0) + events.length;
      const next = { after: { id: last.id, receivedAt: last.receivedAt.toISOString() }, done };
      await run.checkpointIn(tx, next, { done, total: counted });
      return { position: next, more: events.length === BATCH };
    });
  }
}
