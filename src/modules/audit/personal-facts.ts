import type { SubjectKey } from '../subject-keys';
import type { PersonalFacts } from './audit.store';

export const sealPersonal = ({ keyring }: SubjectKey, facts: PersonalFacts, eventId: string): Buffer =>
  keyring.seal(JSON.stringify(facts), contextOf(eventId));

/** @returns undefined where there is nothing to be read */
export function openPersonal(
  key: SubjectKey | undefined,
  sealed: Buffer | null,
  eventId: string,
): PersonalFacts | undefined {
  if (key === undefined || sealed === null) return undefined;
  try {
    return JSON.parse(key.keyring.open(sealed, contextOf(eventId)).toString()) as PersonalFacts;
  } catch {
    // somebody changed the row: the verification names it, and the others of a list are shown
    return undefined;
  }
}

const contextOf = (eventId: string): string => `audit:${eventId}`;
