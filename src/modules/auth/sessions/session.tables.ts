import type { Generated } from 'kysely';
import type { DeviceId, SessionId, UserId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import type { RevokeReason } from './session.store';

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
