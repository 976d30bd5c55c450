import pg from 'pg';

/** Holds a lock in the database until it is let go: what runs into it stands still there. */
export class HeldLock {
  private constructor(private readonly client: pg.Client) {}

  /** @param statement takes the lock, as in `lock table loopin.users in exclusive mode` */
  static async take(
    connectionString: string | undefined,
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<HeldLock> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    await client.query('begin');
    await client.query(statement, [...values]);
    return new HeldLock(client);
  }

  async release(): Promise<void> {
    await this.client.end();
  }
}
