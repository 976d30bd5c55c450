import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import { Database } from '../../platform/database/database';
import type { Transaction } from '../../platform/database/transaction';
import type { DeviceId, SessionId, UserId } from '../../shared/ids';
import { type RefreshToken, type RevokeReason, type Session, SessionStore } from './session.store';

interface SessionTables {
  'loopin.sessions': {
    id: SessionId;
    user_id: UserId;
    device_id: DeviceId;
    aal: 'aal1' | 'aal2';
    amr: string[];
    authenticated_at: Date;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
    absolute_expires_at: Date;
    revoked_at: Generated<Date | null>;
    revoke_reason: Generated<RevokeReason | null>;
  };
  'loopin.refresh_tokens': {
    token_hash: Buffer;
    session_id: SessionId;
    issued_at: Date;
    expires_at: Date;
    rotated_at: Generated<Date | null>;
  };
}

@Injectable()
export class PgSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async create(tx: Transaction, session: Session, tokenHash: Buffer, now: Date): Promise<void> {
    await tx
      .tables<SessionTables>()
      .insertInto('loopin.sessions')
      .values({
        id: session.id,
        user_id: session.userId,
        device_id: session.deviceId,
        aal: session.aal,
        amr: [...session.amr],
        authenticated_at: session.authenticatedAt,
        created_at: now,
        last_used_at: now,
        expires_at: session.expiresAt,
        absolute_expires_at: session.absoluteExpiresAt,
      })
      .execute();
    await this.addToken(tx, session.id, tokenHash, session.expiresAt, now);
  }

  async lockByToken(
    tx: Transaction,
    tokenHash: Buffer,
  ): Promise<{ token: RefreshToken; session: Session } | undefined> {
    const row = await tx
      .tables<SessionTables>()
      .selectFrom('loopin.refresh_tokens as token')
      .innerJoin('loopin.sessions as session', 'session.id', 'token.session_id')
      .selectAll('session')
      .select(['token.token_hash', 'token.expires_at as token_expires_at', 'token.rotated_at'])
      .where('token.token_hash', '=', tokenHash)
      .forUpdate(['token', 'session'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      token: { hash: row.token_hash, expiresAt: row.token_expires_at, rotatedAt: row.rotated_at },
      session: {
        id: row.id,
        userId: row.user_id,
        deviceId: row.device_id,
        aal: row.aal,
        amr: row.amr,
        authenticatedAt: row.authenticated_at,
        expiresAt: row.expires_at,
        absoluteExpiresAt: row.absolute_expires_at,
        revokedAt: row.revoked_at,
      },
    };
  }

  async rotate(
    tx: Transaction,
    sessionId: SessionId,
    tokens: { used: Buffer; next: Buffer },
    expiresAt: Date,
    now: Date,
  ): Promise<void> {
    const tables = tx.tables<SessionTables>();
    await tables
      .updateTable('loopin.refresh_tokens')
      .set({ rotated_at: now })
      .where('token_hash', '=', tokens.used)
      .execute();
    await tables
      .updateTable('loopin.sessions')
      .set({ last_used_at: now, expires_at: expiresAt })
      .where('id', '=', sessionId)
      .execute();
    await this.addToken(tx, sessionId, tokens.next, expiresAt, now);
  }

  async isLive(id: SessionId, now: Date): Promise<boolean> {
    const row = await this.database
      .tables<SessionTables>()
      .selectFrom('loopin.sessions')
      .select('id')
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('absolute_expires_at', '>', now)
      .executeTakeFirst();
    return row !== undefined;
  }

  async revoke(id: SessionId, reason: RevokeReason, now: Date): Promise<void> {
    await this.database
      .tables<SessionTables>()
      .updateTable('loopin.sessions')
      .set({ revoked_at: now, revoke_reason: reason })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
  }

  private async addToken(
    tx: Transaction,
    sessionId: SessionId,
    hash: Buffer,
    expiresAt: Date,
    now: Date,
  ): Promise<void> {
    await tx
      .tables<SessionTables>()
      .insertInto('loopin.refresh_tokens')
      .values({ token_hash: hash, session_id: sessionId, issued_at: now, expires_at: expiresAt })
      .execute();
  }
}
