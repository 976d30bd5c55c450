import type { DeviceId } from '../../../shared/ids';
import type { RotationRecord, StoredRefreshToken } from './refresh-token.store';

/** Replays this soon after the rotation are parallel requests of one app: they are many and harmless. */
const PARALLEL_MS = 2_000;
const MAX_PARALLEL = 100;
/** Until then a replay is a phone whose answer was lost. */
const GRACE_MS = 30_000;
const MAX_GRACE = 5;

export type RefreshVerdict =
  | { readonly verdict: 'rotate' }
  | { readonly verdict: 'replay'; readonly window: 'early' | 'late'; readonly rotation: RotationRecord }
  /** Somebody has a token that was exchanged long ago, or on another device: the whole family dies. */
  | { readonly verdict: 'reused' }
  /** The current token from another device: refused, but the owner's phone keeps its session. */
  | { readonly verdict: 'device_mismatch' }
  | { readonly verdict: 'revoked' }
  | { readonly verdict: 'expired' };

/**
 * What becomes of a refresh token that is presented: bounded in time, in count and to its device, so that a lost
 * answer never signs a phone out and a stolen token is found out.
 */
export function judgeRefresh(token: StoredRefreshToken, deviceId: DeviceId, now: Date): RefreshVerdict {
  const { session, rotation } = token;
  if (session.revokedAt !== null) {
    return { verdict: session.revokeReason === 'refresh_reused' ? 'reused' : 'revoked' };
  }
  if (session.absoluteExpiresAt <= now) return { verdict: 'expired' };
  const sameDevice = session.deviceId === deviceId;
  if (rotation !== null) return sameDevice ? judgeReplay(rotation, now) : { verdict: 'reused' };
  if (!sameDevice) return { verdict: 'device_mismatch' };
  return token.expiresAt <= now ? { verdict: 'expired' } : { verdict: 'rotate' };
}

function judgeReplay(rotation: RotationRecord, now: Date): RefreshVerdict {
  const age = now.getTime() - rotation.rotatedAt.getTime();
  if (age < PARALLEL_MS && rotation.earlyReplays < MAX_PARALLEL) {
    return { verdict: 'replay', window: 'early', rotation };
  }
  if (age >= PARALLEL_MS && age <= GRACE_MS && rotation.lateReplays < MAX_GRACE) {
    return { verdict: 'replay', window: 'late', rotation };
  }
  return { verdict: 'reused' };
}
