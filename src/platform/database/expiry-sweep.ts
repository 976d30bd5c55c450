import { type DynamicModule, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import { eachApart } from '../../shared/each-apart';
import { tellFailure } from '../sentry/tell-failure';
import { Batches, type BatchesRun } from './batches';
import { Database } from './database';
import { isExpired, type TableRule, TableSweep } from './table-sweep';
import type { Transaction } from './transaction';

export type ExpiryRule = TableRule | OwnRule;

/** Where more has to be done than to delete: one batch of it, in a transaction of its own. */
export interface OwnRule {
  readonly name: string;
  readonly keepSeconds: number;
  /** @returns whether there may be more of what is older than `before` */
  readonly expire: (tx: Transaction, before: Date, limit: number, now: Date) => Promise<boolean>;
}

/** How many rows of a class of data went, or would go. */
export interface Removed {
  readonly dataClass: string;
  readonly count: number;
}

/** What a sweep did to one class. */
export interface Swept extends Removed {
  readonly longestBatchMs: number;
  /** False where there was more than its time allowed. */
  readonly isDone: boolean;
}

/** A table's share of a sweep: whatever is left waits for the next. */
const MAX_SWEEP_MS = 10_000;
const RULES = Symbol('expiry rules');

/**
 * Deletes what has expired, in small batches, so that no delete ever blocks a writer for long. Rows that somebody is
 * at are left for the next sweep, so several workers may sweep at once.
 */
@Injectable()
export class ExpirySweep {
  private readonly logger = new Logger(ExpirySweep.name);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(RULES) private readonly rules: readonly ExpiryRule[],
  ) {}

  /**
   * @returns what was removed, by class; empty ones are left out
   * @throws the first failure, once every rule had its turn
   */
  async sweep(): Promise<Swept[]> {
    const swept = await eachApart(
      this.rules,
      (rule) => this.sweepRule(rule),
      (err, rule) =>
        tellFailure(this.logger, err, 'a sweep failed; the next one tries again', { reason: nameOf(rule) }),
    );
    return swept.filter(({ count: removed }) => removed > 0);
  }

  /** What a sweep would remove now, of the tables whose rows it removes by their age alone. */
  async preview(): Promise<Removed[]> {
    const counts: Removed[] = [];
    for (const rule of this.rules) {
      if (!('table' in rule)) continue;
      const { rows } = await this.database.transaction((tx) =>
        sql<{ count: number }>`
          select count(*)::int as count
          from ${sql.table(rule.table)}
          where ${isExpired(rule, this.before(rule))}`.execute(tx.tables()),
      );
      counts.push({ dataClass: rule.table, count: rows[0]?.count ?? 0 });
    }
    return counts;
  }

  private async sweepRule(rule: ExpiryRule): Promise<Swept> {
    const reason = nameOf(rule);
    const { removed, longestMs, isDone } = await this.sweepOne(rule);
    const facts = { reason, count: removed, durationMs: Math.ceil(longestMs) };
    if (removed > 0) this.logger.log(facts, 'removed what has expired; the longest batch took so long');
    return { dataClass: reason, count: removed, longestBatchMs: longestMs, isDone };
  }

  private sweepOne(rule: ExpiryRule): Promise<BatchesRun> {
    const [now, before] = [this.clock.now(), this.before(rule)];
    const batches = new Batches();
    if ('table' in rule) {
      const table = new TableSweep(this.database, rule, before);
      return batches.run((limit) => table.removeSome(limit), MAX_SWEEP_MS);
    }
    const expire = async (tx: Transaction, limit: number) =>
      (await rule.expire(tx, before, limit, now)) ? limit : 0;
    return batches.run((limit) => this.database.transaction((tx) => expire(tx, limit)), MAX_SWEEP_MS);
  }

  private before({ keepSeconds }: ExpiryRule): Date {
    return secondsAfter(this.clock.now(), -keepSeconds);
  }
}

const nameOf = (rule: ExpiryRule): string => ('table' in rule ? rule.table : rule.name);

/** For the worker: the rules of every module that leaves something behind. */
@Module({})
export class ExpirySweepModule {
  static for(rules: readonly ExpiryRule[]): DynamicModule {
    return {
      module: ExpirySweepModule,
      providers: [ExpirySweep, { provide: RULES, useValue: rules }],
      exports: [ExpirySweep],
    };
  }
}
