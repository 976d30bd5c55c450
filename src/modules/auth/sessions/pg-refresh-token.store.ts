import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { SessionId } from '../../../shared/ids';
import { RefreshTokenStore, type RotationRecord, type StoredRefreshToken } from './refresh-token.store';
import { SESSION_COLUMNS, type SessionTables, toSession } from './session.tables';

@Injectable()
export class PgRefreshTokenStore extends RefreshTokenStore {
  async add(tx: Transaction, sessionId: SessionId, hash: Buffer, expiresAt: Date, now: Date): Promise<void> {
    await tx
      .tables<SessionTables>()
      .insertInto('loopin.refresh_tokens')
      .values({ token_hash: hash, session_id: sessionId, issued_at: now, expires_at: expiresAt })
      .execute();
  }

  async lock(tx: Transaction, hash: Buffer): Promise<StoredRefreshToken | undefined> {
    const row = await tx
      .tables<SessionTables>()
      .selectFrom('loopin.refresh_tokens as t')
      .innerJoin('loopin.sessions as s', 's.id', 't.session_id')
      .select(SESSION_COLUMNS.map((column) => `s.${column}` as const))
      .select(['s.revoked_at', 's.revoke_reason'])
      .select(['t.token_hash', 't.expires_at as token_expires_at', 't.rotated_at', 't.successor_sealed'])
      .select(['t.early_replays', 't.late_replays'])
      .where('t.token_hash', '=', hash)
      .forUpdate(['t', 's'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      hash: row.token_hash,
      expiresAt: row.token_expires_at,
      rotation: toRotation(row),
      session: { ...toSession(row), revokedAt: row.revoked_at, revokeReason: row.revoke_reason },
    };
  }

  async markRotated(tx: Transaction, hash: Buffer, successorSealed: Buffer, now: Date): Promise<void> {
    await tx
      .tables<SessionTables>()
      .updateTable('loopin.refresh_tokens')
      .set({ rotated_at: now, successor_sealed: successorSealed })
      .where('token_hash', '=', hash)
      .execute();
  }

  async countReplay(tx: Transaction, hash: Buffer, window: 'early' | 'late'): Promise<void> {
    const column = window === 'early' ? 'early_replays' : 'late_replays';
    await tx
      .tables<SessionTables>()
      .updateTable('loopin.refresh_tokens')
      .set((eb) => ({ [column]: eb(column, '+', 1) }))
      .where('token_hash', '=', hash)
      .execute();
  }

  async touchSession(tx: Transaction, id: SessionId, expiresAt: Date, now: Date): Promise<void> {
    await tx
      .tables<SessionTables>()
      .updateTable('loopin.sessions')
      .set({ last_used_at: now, expires_at: expiresAt })
      .where('id', '=', id)
      .execute();
  }
}

function toRotation(row: {
  rotated_at: Date | null;
  successor_sealed: Buffer | null;
  early_replays: number;
  late_replays: number;
}): RotationRecord | null {
  if (row.rotated_at === null || row.successor_sealed === null) return null;
  return {
    rotatedAt: row.rotated_at,
    successorSealed: row.successor_sealed,
    earlyReplays: row.early_replays,
    lateReplays: row.late_replays,
  };
}
