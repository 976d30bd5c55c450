import { DAY, MINUTE, secondsAfter } from '../../../shared/clock';
import { ACCESS_TOKEN_SECONDS } from '../sessions/access-tokens';
import type { SigningKey } from './signing-key.store';

const ROTATE_AFTER_SECONDS = 180 * DAY;
/** Clients keep the JWKS for ten minutes, some for hours: a key is published so long before it signs. */
export const PUBLISH_SECONDS = DAY;
/** A standby is made earlier than it has to be: a worker that is away for a day delays nothing. */
const PUBLISH_AHEAD_SECONDS = 2 * DAY;
/** By then the last token that the key signed has expired. */
export const REVOKE_AFTER_SECONDS = ACCESS_TOKEN_SECONDS + 15 * MINUTE;

export type RotationStep =
  | { readonly step: 'publish' }
  | { readonly step: 'promote'; readonly standby: string; readonly inUse: string }
  | { readonly step: 'revoke'; readonly kid: string };

/** The next step that the calendar asks for; undefined when nothing is due. */
export function dueStep(keys: readonly SigningKey[], now: Date): RotationStep | undefined {
  const isOld = (key: SigningKey, seconds: number): boolean => secondsAfter(key.since, seconds) <= now;
  const outlived = keys.find((key) => key.state === 'previously_used' && isOld(key, REVOKE_AFTER_SECONDS));
  if (outlived !== undefined) return { step: 'revoke', kid: outlived.kid };
  const inUse = inState(keys, 'in_use');
  if (inUse === undefined) return undefined;
  const standby = inState(keys, 'standby');
  if (standby === undefined) {
    const due = isOld(inUse, ROTATE_AFTER_SECONDS - PUBLISH_AHEAD_SECONDS);
    return due ? { step: 'publish' } : undefined;
  }
  const due = isOld(inUse, ROTATE_AFTER_SECONDS) && isOld(standby, PUBLISH_SECONDS);
  return due ? { step: 'promote', standby: standby.kid, inUse: inUse.kid } : undefined;
}

export const inState = <Key extends SigningKey>(
  keys: readonly Key[],
  state: SigningKey['state'],
): Key | undefined => keys.find((key) => key.state === state);
