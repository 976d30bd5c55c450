import type { Keyring } from '../../../shared/keyring';
import { Envelope } from '../../../shared/message';

/** What a dead letter's body is sealed for. */
export const sealContext = (id: string): string => `dead-letter:${id}`;

/** @returns undefined when no key of ours opens it: its version is gone, or the bytes were changed */
export function openLetter(keys: Keyring, id: string, sealed: Buffer): string | undefined {
  try {
    return keys.open(sealed, sealContext(id)).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Our types are dotted words: whatever else stands there may be anything, and is shown to nobody. */
const PLAIN_TYPE = /^[\w.:-]{1,100}$/;

/** @returns undefined when the body is no envelope of ours */
export function readLetter(body: string): Envelope | undefined {
  try {
    const envelope = Envelope.parse(JSON.parse(body));
    return PLAIN_TYPE.test(envelope.type) ? envelope : undefined;
  } catch {
    return undefined;
  }
}
