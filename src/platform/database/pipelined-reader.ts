import { Client, type ClientConfig, type QueryResult } from 'pg';
import { DatabaseUnavailable, isConnectionError } from './database.errors';
import { statementName } from './statement-name';

const QUERY_TIMEOUT_MS = 10_000;

/**
 * One connection that many single statements share: each is sent without waiting for the answer of the one before.
 * Only for statements that are whole in themselves: a transaction never runs here. A broken connection is replaced
 * at the next call.
 */
export class PipelinedReader {
  private client: Promise<Client> | undefined;

  constructor(private readonly config: ClientConfig) {}

  /** @throws DatabaseUnavailable when the connection is gone or can't be made */
  async query(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    try {
      this.client ??= this.connect();
      const client = await this.client;
      return await client.query({ name: statementName(sql), text: sql, values: [...parameters] });
    } catch (error) {
      throw isConnectionError(error) ? new DatabaseUnavailable() : error;
    }
  }

  async end(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.end();
  }

  private async connect(): Promise<Client> {
    const client = new Client({ ...this.config, pipeline: true, query_timeout: QUERY_TIMEOUT_MS });
    const forget = (): void => {
      this.client = undefined;
    };
    client.once('error', forget).once('end', forget);
    try {
      await client.connect();
      return client;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
