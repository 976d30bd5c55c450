import { type DynamicModule, Inject, Injectable, Logger, Module } from '@nestjs/common';
import { sql } from 'kysely';
import { Clock, secondsAfter } from '../../shared/clock';
import { Database } from './database';

/** Rows that nobody needs any more once `column` is so long ago; `column` has an index. */
export interface ExpiryRule {
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
      await this.sweepTable(rule).catch((err) =>
        this.logger.warn({ err, reason: rule.table }, 'a sweep failed; the next one tries again'),
      );
    }
  }

  private async sweepTable(rule: ExpiryRule): Promise<void> {
    const until = performance.now() + MAX_SWEEP_MS;
    let deleted: bigint;
    do {
      deleted = await this.deleteBatch(rule);
    } while (deleted >= BATCH && performance.now() < until);
  }

  private async deleteBatch({ table, column, keepSeconds, states }: ExpiryRule): Promise<bigint> {
    const before = secondsAfter(this.clock.now(), -keepSeconds);
    const ofState = states === undefined ? sql`` : sql`and state = any(${[...states]}::text[])`;
    const deletion = sql`
      delete from ${sql.table(table)}
      where ctid = any(array(
        select ctid
        from ${sql.table(table)}
        where ${sql.ref(column)} < ${before} ${ofState}
        limit ${BATCH}
      ))`;
    const { numAffectedRows } = await this.database.transaction((tx) => deletion.execute(tx.tables()));
    return numAffectedRows ?? 0n;
  }
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
