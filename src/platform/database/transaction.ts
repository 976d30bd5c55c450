import type { Kysely, Transaction as KyselyTransaction } from 'kysely';

/** One database transaction, and what should follow its commit. */
export class Transaction {
  private readonly followers: (() => void)[] = [];

  constructor(private readonly kysely: KyselyTransaction<unknown>) {}

  /** The tables of one module, inside this transaction. */
  tables<Tables>(): Kysely<Tables> {
    return this.kysely as unknown as Kysely<Tables>;
  }

  /** Runs after the commit only; it must not throw and nobody waits for it. */
  afterCommit(follower: () => void): void {
    this.followers.push(follower);
  }

  /** Called by Database once the commit is known. */
  committed(): void {
    for (const follower of this.followers) follower();
  }
}
