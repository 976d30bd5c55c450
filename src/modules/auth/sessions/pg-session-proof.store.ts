import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import type { OwnSession, Session } from './session.store';
import type { SessionTables } from './session.tables';
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
      .returning(['id', 'user_id', 'device_id', 'aal', 'amr', 'authenticated_at', 'aal2_at'])
      .returning(['dpop_jkt', 'expires_at', 'absolute_expires_at'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      id: row.id,
      userId: row.user_id,
      deviceId: row.device_id,
      aal: row.aal,
      amr: row.amr,
      authenticatedAt: row.authenticated_at,
      secondFactorAt: row.aal2_at,
      dpopJkt: row.dpop_jkt,
      expiresAt: row.expires_at,
      absoluteExpiresAt: row.absolute_expires_at,
    };
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
