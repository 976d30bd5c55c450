import type { Client, ClientBase, QueryResult } from 'pg';
import { statementName } from './statement-name';

/**
 * Sends one statement under its name.
 *
 * The callback is handed over, and the time-out is our own, on purpose. For a promise or for its `query_timeout`, pg
 * assigns a function literal to a property of the query; V8 allocates such functions in the old generation, where each
 * keeps all that its request has made (14 KB) until the next major collection.
 * @param timeoutMs after which the connection is given up: everything behind the statement waits too
 */
export function sendNamed(
  client: ClientBase & Pick<Client, 'connection'>,
  sql: string,
  parameters: readonly unknown[],
  timeoutMs: number,
): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => client.connection.stream.destroy(), timeoutMs);
    client.query({ name: statementName(sql), text: sql, values: [...parameters] }, (error, result) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(result);
    });
  });
}
