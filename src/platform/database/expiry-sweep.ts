import { type DynamicModule, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import { reportError } from '../sentry/reporting';
import { count } from '../telemetry/meter';
import { Database } from './database';
import type { Transaction } from './transaction';

export type ExpiryRule = TableRule | OwnRule;

/** Where more has to be done than to delete: one batch of it, in a transaction of its own. */
export interface OwnRule {
  readonly name: string;
  readonly keepSeconds: number;
  /** @returns whether there may be more of what is older than `before` */
  readonly expire: (tx: Transaction, before: Date, limit: number, now: Date) => Promise<boolean>;
}

/** Rows that nobody needs any more once `column` is so long ago; `column` has an index. */
interface TableRule {
  readonly table: `loopin.${string}`;
  readonly column: string;
  readonly keepSeconds: number;
  /** Only rows in these states; the index begins with `state`. */
  readonly states?: readonly string[];
}

const BATCH = 1_000;
/** A table's share of a sweep: whatever is left waits for the next. */
const MAX_SWEEP_MS = 10_000;
const RULES = Symbol('expiry rules');

/** Deletes what has expired, in small batches, so that no delete ever blocks a writer for long. */
@Injectable()
export class ExpirySweep {
  private readonly logger = new Logger(ExpirySweep.name);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(RULES) private readonly rules: readonly ExpiryRule[],
  ) {}

  async sweep(): Promise<void> {
    for (const rule of this.rules) {
      const name = 'table' in rule ? rule.table : rule.name;
      await this.sweepOne(rule).catch((err) => {
        this.logger.warn({ err, reason: name }, 'a sweep failed; the next one tries again');
        reportError(err, { schedule: 'expiry-sweep' });
      });
    }
  }

  private async sweepOne(rule: ExpiryRule): Promise<void> {
    const until = performance.now() + MAX_SWEEP_MS;
    let more: boolean;
    do {
      more = await this.batch(rule);
    } while (more && performance.now() < until);
  }

  private batch(rule: ExpiryRule): Promise<boolean> {
    const now = this.clock.now();
    const before = secondsAfter(now, -rule.keepSeconds);
    return this.database.transaction((tx) =>
      'table' in rule ? deleteBatch(tx, rule, before) : rule.expire(tx, before, BATCH, now),
    );
  }
}

async function deleteBatch(
  tx: Transaction,
  { table, column, states }: TableRule,
  before: Date,
): Promise<boolean> {
  const ofState = states === undefined ? sql`` : sql`and state = any(${[...states]}::text[])`;
  const { numAffectedRows = 0n } = await sql`
    delete from ${sql.table(table)}
    where ctid = any(array(
      select ctid
      from ${sql.table(table)}
      where ${sql.ref(column)} < ${before} ${ofState}
      limit ${BATCH}
    ))`.execute(tx.tables());
  count('loopin_retention_rows_total', { table }, Number(numAffectedRows));
  return numAffectedRows >= BATCH;
}

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
