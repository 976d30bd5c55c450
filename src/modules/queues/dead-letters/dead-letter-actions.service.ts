import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { describeReason } from '../../../platform/logging/log-format';
import { Clock, MINUTE, secondsAfter } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import type { LetterFilter } from './dead-letter.store';
import {
  type ActionKind,
  type ActionProgress,
  DeadLetterActionStore,
  type DueAction,
} from './dead-letter-action.store';
import { LetterMoves } from './letter-moves';

const PAUSE_AFTER_FAILURE_SECONDS = MINUTE;
/** In a row: then it is given up, with the reason. */
const MOST_FAILURES = 10;

/** Some letters by id, or all that wait and pass the filter. */
export interface RequestedScope extends LetterFilter {
  readonly ids?: readonly DeadLetterId[] | undefined;
}

export interface RequestedAction {
  readonly id: DeadLetterActionId;
  readonly kind: ActionKind;
  readonly scope: RequestedScope;
  /** Messages a second. */
  readonly rate?: number | undefined;
  readonly reason?: string | undefined;
}

/** Gives dead letters out again, or puts them away: what is counted is what moves, in batches that can be cut off anywhere. */
@Injectable()
export class DeadLetterActions {
  constructor(
    private readonly store: DeadLetterActionStore,
    private readonly moves: LetterMoves,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** How many an action would move now. */
  count(scope: RequestedScope): Promise<number> {
    return this.store.count({ ...scope, until: this.clock.now() });
  }

  /** Moves the first batch at once; the worker does the rest. @returns how many it is about */
  async start(actor: string, { id, kind, scope: requested, rate, reason }: RequestedAction): Promise<number> {
    const scope = { ...requested, until: this.clock.now() };
    const counted = await this.store.count(scope);
    const action = { id, kind, scope, rate, reason, counted, requestedBy: actor };
    await this.database.transaction(async (tx) => {
      const now = this.clock.now();
      if (!(await this.store.add(tx, action, now))) return;
      await this.audit.record(tx, {
        actor,
        action: kind === 'redrive' ? 'dead_letters.redriven' : 'dead_letters.discarded',
        target: `dead_letter_action:${id}`,
        details: { ...factsOf(requested), count: counted, ...(rate && { rate }), ...(reason && { reason }) },
      });
      const due = await this.store.lockDue(tx, now, id);
      if (due !== undefined) await this.moves.moveNext(tx, due);
    });
    return (await this.progress(id)).counted;
  }

  /**
   * The next batch of an action that is due. One that fails steps back for a minute, so that the others go on.
   * @returns whether there may be another at once
   */
  async continue(): Promise<boolean> {
    let due: DueAction | undefined;
    try {
      return await this.database.transaction(async (tx) => {
        due = await this.store.lockDue(tx, this.clock.now());
        if (due === undefined) return false;
        await this.moves.moveNext(tx, due);
        return true;
      });
    } catch (err) {
      if (due !== undefined) await this.stepBack(due, err);
      throw err;
    }
  }

  private async stepBack({ id, failures }: DueAction, err: unknown): Promise<void> {
    const now = this.clock.now();
    const nextAt = secondsAfter(now, PAUSE_AFTER_FAILURE_SECONDS);
    const finishedAt = failures + 1 < MOST_FAILURES ? null : now;
    await this.store.fail(id, { reason: describeReason(err), nextAt, finishedAt });
  }

  /** @throws NotFound */
  async progress(id: DeadLetterActionId): Promise<ActionProgress> {
    const action = await this.store.find(id);
    if (action === undefined) throw new NotFound();
    return action;
  }
}

function factsOf({ ids, queue, type, reasonCode, since }: RequestedScope): Record<string, string> {
  return {
    ...(ids !== undefined && { scope: ids.length === 1 ? `dead_letter:${ids[0]}` : 'ids' }),
    ...(queue !== undefined && { queue }),
    ...(type !== undefined && { type }),
    ...(reasonCode !== undefined && { reasonCode }),
    ...(since !== undefined && { since: since.toISOString() }),
  };
}
