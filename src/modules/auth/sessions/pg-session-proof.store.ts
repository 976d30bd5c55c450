import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import type { OwnSession, Session } from './session.store';
import { SESSION_COLUMNS, type SessionTables, toSession } from './session.tables';
import { type FurtherProof, type LoweredSession, SessionProofStore } from './session-proof.store';

@Injectable()
export class PgSessionProofStore extends SessionProofStore {
  async raise(
    tx: Transaction,
    { id, userId }: OwnSession,
    { amr, secondFactor }: FurtherProof,
    now: Date,
  ): Promise<Session | undefined> {
    const row = await tx
      .tables<SessionTables>()
      .updateTable('loopin.sessions')
      .set({
        authenticated_at: now,
        amr: sql<string[]>`amr || array(
          select method
          from unnest(${[...amr]}::text[]) as method
          where method <> all (amr)
        )`,
        ...(secondFactor && { aal: 'aal2', aal2_at: now }),
      })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .returning(SESSION_COLUMNS)
      .executeTakeFirst();
    return row && toSession(row);
  }

  async lowerAll(tx: Transaction, userId: UserId): Promise<LoweredSession[]> {
    return tx
      .tables<SessionTables>()
      .updateTable('loopin.sessions as s')
      .from('loopin.devices as d')
      .set({ aal: 'aal1', aal2_at: null, amr: sql<string[]>`array_remove(s.amr, 'mfa')` })
      .whereRef('d.user_id', '=', 's.user_id')
      .whereRef('d.device_id', '=', 's.device_id')
      .where('s.user_id', '=', userId)
      .where('s.revoked_at', 'is', null)
      .where('s.aal', '=', 'aal2')
      .returning(['s.id', 'd.signing_key as signingKey'])
      .execute();
  }
}
