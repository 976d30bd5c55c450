import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';
import {
  type LiveSession,
  type OwnSession,
  type RevokeReason,
  type Session,
  type SessionListing,
  SessionStore,
} from './session.store';
import type { SessionTables } from './session.tables';

/** A phone that repeats its sign-in, since no answer came, must not push out the sessions of other devices. */
const NTH_OF_ITS_DEVICE = sql<number>`row_number() over (
  partition by device_id
  order by last_used_at desc, id desc
)`;

@Injectable()
export class PgSessionStore extends SessionStore {
  constructor(private readonly database: Database) {
    super();
  }

  async create(tx: Transaction, session: Session, now: Date): Promise<void> {
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
        dpop_jkt: session.dpopJkt,
        aal2_at: session.secondFactorAt,
        created_at: now,
        last_used_at: now,
        expires_at: session.expiresAt,
        absolute_expires_at: session.absoluteExpiresAt,
      })
      .execute();
  }

  async findLive(id: SessionId, now: Date): Promise<LiveSession | undefined> {
    return live(this.database.tables())
      .where('s.id', '=', id)
      .where('s.absolute_expires_at', '>', now)
      .executeTakeFirst();
  }

  async liveOnDevice(tx: Transaction, userId: UserId, deviceId: DeviceId) {
    return live(tx.tables())
      .select('s.id')
      .where('s.user_id', '=', userId)
      .where('s.device_id', '=', deviceId)
      .execute();
  }

  async list(
    userId: UserId,
    limit: number,
    after: SessionId | undefined,
    now: Date,
  ): Promise<SessionListing[]> {
    const rows = await this.database
      .tables<SessionTables>()
      .selectFrom('loopin.sessions as s')
      .innerJoin('loopin.devices as d', (join) =>
        join.onRef('d.user_id', '=', 's.user_id').onRef('d.device_id', '=', 's.device_id'),
      )
      .select(['s.id', 's.device_id', 's.created_at', 's.last_used_at'])
      .select(['d.platform', 'd.model', 'd.app_version'])
      .where('s.user_id', '=', userId)
      .where('s.revoked_at', 'is', null)
      .where('s.expires_at', '>', now)
      .$if(after !== undefined, (query) => query.where('s.id', '<', after ?? null))
      .orderBy('s.id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      deviceId: row.device_id,
      platform: row.platform,
      model: row.model,
      appVersion: row.app_version,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    }));
  }

  async revoke(tx: Transaction, session: OwnSession, reason: RevokeReason, now: Date): Promise<boolean> {
    const rows = await this.revoking(tx, session.userId, reason, now).where('id', '=', session.id).execute();
    return rows.length > 0;
  }

  async revokeAllBut(
    tx: Transaction,
    userId: UserId,
    kept: SessionId | undefined,
    reason: RevokeReason,
    now: Date,
  ): Promise<SessionId[]> {
    const rows = await this.revoking(tx, userId, reason, now)
      .$if(kept !== undefined, (query) => query.where('id', '!=', kept ?? null))
      .execute();
    return rows.map((row) => row.id);
  }

  async revokeOfDevice(tx: Transaction, userId: UserId, deviceId: DeviceId, now: Date): Promise<SessionId[]> {
    const rows = await this.revoking(tx, userId, 'revoked', now).where('device_id', '=', deviceId).execute();
    return rows.map((row) => row.id);
  }

  async revokeBeyond(tx: Transaction, userId: UserId, keep: number, now: Date): Promise<SessionId[]> {
    const rows = await this.revoking(tx, userId, 'too_many_sessions', now)
      .where('id', 'in', (eb) =>
        eb
          .selectFrom(
            eb
              .selectFrom('loopin.sessions')
              .select(['id', 'last_used_at', NTH_OF_ITS_DEVICE.as('nth')])
              .where('user_id', '=', userId)
              .where('revoked_at', 'is', null)
              .where('expires_at', '>', now)
              .as('live'),
          )
          .select('live.id')
          .orderBy('live.nth')
          .orderBy('live.last_used_at', 'desc')
          .orderBy('live.id', 'desc')
          .offset(keep),
      )
      .execute();
    return rows.map((row) => row.id);
  }

  async claimMismatchNotice(tx: Transaction, id: SessionId, before: Date, now: Date): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .tables<SessionTables>()
      .updateTable('loopin.sessions')
      .set({ mismatch_noticed_at: now })
      .where('id', '=', id)
      .where((eb) => eb.or([eb('mismatch_noticed_at', 'is', null), eb('mismatch_noticed_at', '<', before)]))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  private revoking(tx: Transaction, userId: UserId, reason: RevokeReason, now: Date) {
    return tx
      .tables<SessionTables>()
      .updateTable('loopin.sessions')
      .set({ revoked_at: now, revoke_reason: reason })
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .returning('id');
  }
}

const live = (db: Kysely<SessionTables>) =>
  db
    .selectFrom('loopin.sessions as s')
    .innerJoin('loopin.users as u', 'u.id', 's.user_id')
    .innerJoin('loopin.devices as d', (join) =>
      join.onRef('d.user_id', '=', 's.user_id').onRef('d.device_id', '=', 's.device_id'),
    )
    .select(['u.roles_version as rolesVersion', 'd.signing_key as signingKey'])
    .where('s.revoked_at', 'is', null);
