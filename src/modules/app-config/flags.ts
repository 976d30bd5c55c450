import { sha256 } from '../../shared/hash';
import type { DeviceId } from '../../shared/ids';
import type { Flag } from './app-config.schema';

const HASH_RANGE = 2 ** 32;

/**
 * Whether a flag is on for an installation. Each flag draws its own lots, and an installation keeps its lot for ever: who
 * is in at 10 % is in at 20 %.
 * @param deviceId without one a flag is on only when it is on for all
 */
export function isOn(
  name: string,
  { enabled, rolloutPercent }: Flag,
  deviceId: DeviceId | undefined,
): boolean {
  if (!enabled || rolloutPercent === 0) return false;
  if (rolloutPercent === 100) return true;
  return deviceId !== undefined && lotOf(name, deviceId) < rolloutPercent;
}

/** From 0 to below 100. */
function lotOf(name: string, deviceId: DeviceId): number {
  return (sha256(`${name}:${deviceId}`).readUInt32BE(0) / HASH_RANGE) * 100;
}
