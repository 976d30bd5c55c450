/**
 * What becomes of a table's personal columns when somebody is erased. `unreadable`: the key that they were sealed under is
 * destroyed. `expires`: they can't be found by person, and leave by themselves.
 */
type Fate = 'deleted' | 'anonymised' | 'unreadable' | 'expires' | 'not personal';

export interface PersonalTable {
  readonly table: string;
  readonly onErasure: Fate;
  readonly how: string;
  readonly personal: readonly string[];
  readonly other: readonly string[];
}

/** @param personal and `other`: all columns of the table, with blanks between them */
export const line = (
  table: string,
  onErasure: Fate,
  how: string,
  personal: string,
  other: string,
): PersonalTable => ({
  table: `loopin.${table}`,
  onErasure,
  how,
  personal: words(personal),
  other: words(other),
});

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
