import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { PipelinedClient } from './pipelined-client';

/** Kysely over pipelined connections, taken in turn. It refuses transactions. */
export class PipelinedDialect implements Dialect {
  constructor(private readonly clients: readonly PipelinedClient[]) {}

  createDriver = (): Driver => new PipelinedDriver(this.clients);
  createQueryCompiler = (): PostgresQueryCompiler => new PostgresQueryCompiler();
  createAdapter = (): PostgresAdapter => new PostgresAdapter();
  createIntrospector = (db: ConstructorParameters<typeof PostgresIntrospector>[0]): PostgresIntrospector =>
    new PostgresIntrospector(db);
}

class PipelinedDriver implements Driver {
  private readonly connections: readonly DatabaseConnection[];
  private turn = 0;

  constructor(private readonly clients: readonly PipelinedClient[]) {
    this.connections = clients.map((client) => new PipelinedConnection(client));
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    this.turn = (this.turn + 1) % this.connections.length;
    const connection = this.connections[this.turn];
    if (connection === undefined) throw new Error('there is no pipelined connection');
    return connection;
  }

  async releaseConnection(): Promise<void> {}

  beginTransaction = refuseTransaction;
  commitTransaction = refuseTransaction;
  rollbackTransaction = refuseTransaction;

  async destroy(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.end()));
  }
}

class PipelinedConnection implements DatabaseConnection {
  constructor(private readonly client: PipelinedClient) {}

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.client.query(query.sql, query.parameters);
    return { rows: result.rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('a pipelined connection cannot stream');
  }
}

async function refuseTransaction(): Promise<never> {
  throw new Error('a transaction never runs on a pipelined connection: use Database.transaction()');
}
