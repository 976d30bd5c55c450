import { Kysely, PostgresDialect, sql } from 'kysely';
import { type ClientConfig, Pool } from 'pg';
import { Overloaded } from '../../shared/domain-error';
import {
  DatabaseUnavailable,
  isConnectionError,
  isPoolTimeout,
  isStalePlan,
  isTransient,
} from './database.errors';
import { PipelinedClient } from './pipelined-client';
import { PipelinedDialect } from './pipelined-dialect';
import { renameStatements, statementName } from './statement-name';
import { Transaction } from './transaction';

const PIPELINED_CONNECTIONS = 2;
const POOL_WAIT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** When the server says nothing at all, as when packets vanish. */
const QUERY_TIMEOUT_MS = 11_000;
const IDLE_IN_TRANSACTION_MS = 15_000;
const TRANSACTION_ATTEMPTS = 3;

export interface DatabaseOptions extends ClientConfig {
  /** All connections of this process: two pipelined, the rest for transactions. */
  readonly poolMax: number;
}

/**
 * Postgres for the whole process. Single statements share two pipelined connections; transactions have a pool of
 * their own. Every statement is prepared under a name.
 */
export class Database {
  private readonly pool: Pool;
  private readonly single: Kysely<unknown>;
  private readonly transactional: Kysely<unknown>;

  constructor({ poolMax, ...client }: DatabaseOptions) {
    const clients = Array.from({ length: PIPELINED_CONNECTIONS }, () => new PipelinedClient(client));
    this.single = new Kysely({ dialect: new PipelinedDialect(clients) });
    this.pool = new Pool({
      ...client,
      max: Math.max(1, poolMax - PIPELINED_CONNECTIONS),
      connectionTimeoutMillis: POOL_WAIT_MS,
      idleTimeoutMillis: 60_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    });
    // an idle connection that breaks is replaced at the next use; without a listener it would end the process
    this.pool.on('error', () => undefined);
    this.transactional = new Kysely({ dialect: new PostgresDialect({ pool: namedStatements(this.pool) }) });
  }

  /** The tables of one module, for single statements: each is its own transaction. */
  tables<Tables>(): Kysely<Tables> {
    return this.single as unknown as Kysely<Tables>;
  }

  /**
   * Runs `work` in one transaction; followers of the commit run after it. A deadlock or a serialization failure was
   * rolled back whole and is tried again.
   * @throws Overloaded when no connection was free for 2 s
   * @throws DatabaseUnavailable when the database can't be reached
   */
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (isPoolTimeout(error)) throw new Overloaded();
        if (isConnectionError(error)) throw new DatabaseUnavailable();
        if (isStalePlan(error)) renameStatements();
        else if (!isTransient(error)) throw error;
        if (attempt === TRANSACTION_ATTEMPTS) throw error;
      }
    }
  }

  private async attempt<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    let transaction: Transaction | undefined;
    const result = await this.transactional.transaction().execute((kysely) => {
      transaction = new Transaction(kysely);
      return work(transaction);
    });
    transaction?.committed();
    return result;
  }

  /** @throws Error when the database does not answer */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.single);
  }

  /** Of the connections for transactions; the pipelined ones are always in use. */
  get poolState(): { inUse: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { inUse: totalCount - idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.single.destroy(), this.transactional.destroy()]);
  }
}

interface QueryingClient {
  query(sql: string, parameters: readonly unknown[]): unknown;
}

/** Kysely sends unnamed statements, which Postgres plans each time: 24–44 % slower. */
function namedStatements(pool: Pool): Pool {
  pool.on('connect', (client) => {
    // one that breaks in a transaction fails its statement; the event is on top, and would end the process unheard
    client.on('error', () => undefined);
    const query = client.query.bind(client);
    const named: QueryingClient['query'] = (text, values) =>
      values?.length === undefined
        ? query(text)
        : query({ name: statementName(text), text, values: [...values] });
    Object.assign(client, { query: named });
  });
  return pool;
}
