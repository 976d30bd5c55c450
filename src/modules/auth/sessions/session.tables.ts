import type { Generated, Selectable } from 'kysely';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import type { RevokeReason, Session } from './session.store';

export interface SessionTables {
  'loopin.sessions': {
    id: SessionId;
    user_id: UserId;
    device_id: DeviceId;
    aal: 'aal1' | 'aal2';
    amr: string[];
    authenticated_at: Date;
    dpop_jkt: string | null;
    aal2_at: Date | null;
    created_at: Date;
    last_used_at: Date;
    expires_at: Date;
    absolute_expires_at: Date;
    mismatch_noticed_at: Generated<Date | null>;
    revoked_at: Generated<Date | null>;
    revoke_reason: Generated<RevokeReason | null>;
  };
  'loopin.refresh_tokens': {
    token_hash: Buffer;
    session_id: SessionId;
    issued_at: Date;
    expires_at: Date;
    rotated_at: Generated<Date | null>;
    successor_sealed: Generated<Buffer | null>;
    early_replays: Generated<number>;
    late_replays: Generated<number>;
  };
  /** Of the accounts: read only, for what an access token says of its owner. */
  'loopin.users': {
    id: UserId;
    roles_version: number;
  };
  /** Of the devices module: read only, for what a session list shows of a device and what it signs with. */
  'loopin.devices': {
    user_id: UserId;
    device_id: DeviceId;
    platform: string;
    model: string | null;
    app_version: string;
    signing_key: PublicJwk | null;
  };
}

/** The columns of a session itself. */
export const SESSION_COLUMNS = [
  'id',
  'user_id',
  'device_id',
  'aal',
  'amr',
  'authenticated_at',
  'aal2_at',
  'dpop_jkt',
  'expires_at',
  'absolute_expires_at',
] as const;

type SessionRow = Pick<Selectable<SessionTables['loopin.sessions']>, (typeof SESSION_COLUMNS)[number]>;

export const toSession = (row: SessionRow): Session => ({
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
});
