import { Client, type ClientConfig, type QueryResult } from 'pg';
import { TurnWrites } from '../../shared/turn-writes';
import {
  DatabaseUnavailable,
  isConnectionError,
  isLockTimeout,
  isStalePlan,
  RowsLocked,
} from './database.errors';
import { sendNamed } from './named-statement';
import { renameStatements } from './statement-name';

const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 1_000;
/** When the server itself says nothing: the connection is given up, since everything behind waits too. */
const QUERY_TIMEOUT_MS = 6_000;

const PIPELINED = {
  pipeline: true,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  lock_timeout: LOCK_TIMEOUT_MS,
};

/**
 * One connection that many single statements share: each is sent without waiting for the answer of the one before.
 * Only for statements that are whole in themselves and wait for nobody: a transaction
 * never runs here, nor does a statement inside one, nor one that many rows hang on. A broken connection is replaced
 * at the next call.
 */
export class PipelinedClient {
  private client: Promise<Client> | undefined;
  private readonly writes = new TurnWrites();

  constructor(private readonly config: ClientConfig) {}

  /**
   * @throws DatabaseUnavailable when the connection is gone or can't be made
   * @throws RowsLocked when it waited too long for somebody else
   */
  async query(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    try {
      return await this.send(sql, parameters);
    } catch (error) {
      if (isLockTimeout(error)) throw new RowsLocked();
      if (isConnectionError(error)) throw new DatabaseUnavailable();
      if (!isStalePlan(error)) throw error;
      renameStatements();
      return this.send(sql, parameters);
    }
  }

  private async send(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    this.client ??= this.connect();
    const client = await this.client;
    this.writes.gather(client.connection.stream);
    return await sendNamed(client, sql, parameters, QUERY_TIMEOUT_MS);
  }

  async end(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.end();
  }

  private connect(): Promise<Client> {
    const client = new Client({ ...this.config, ...PIPELINED });
    const opened = client.connect().then(() => client);
    const forget = (): void => {
      if (this.client === opened) this.client = undefined;
    };
    // a connection that is ended from the other side says so twice: an error that nobody hears ends the process
    client.on('error', forget).on('end', forget);
    opened.catch(forget);
    return opened;
  }
}
