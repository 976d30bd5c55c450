import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { statement } from '../../../platform/database/statement';
import { UsedProofStore } from './used-proof.store';

interface ProofTables {
  'loopin.used_proofs': { id: Buffer; expires_at: Date };
  'loopin.proof_memory': { id: boolean; began_at: Date };
}

const CLAIM = statement((db: Kysely<ProofTables>, id: Buffer, expiresAt: Date) =>
  db
    .insertInto('loopin.used_proofs')
    .values({ id, expires_at: expiresAt })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id'),
);

@Injectable()
export class PgUsedProofStore extends UsedProofStore {
  constructor(private readonly database: Database) {
    super();
  }

  async claim(id: Buffer, expiresAt: Date): Promise<boolean> {
    return (await CLAIM(this.database.tables<ProofTables>(), id, expiresAt)).length > 0;
  }

  async memoryBegins(now: Date): Promise<boolean> {
    const row = await this.database
      .tables<ProofTables>()
      .insertInto('loopin.proof_memory')
      .values({ id: true, began_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ began_at: now }))
      // a row that this statement inserted has no older version
      .returning(sql<boolean>`xmax = 0`.as('is_first'))
      .executeTakeFirstOrThrow();
    return row.is_first;
  }
}
