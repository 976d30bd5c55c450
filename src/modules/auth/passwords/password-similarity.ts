import { withoutLeet } from './password-weight';

/** Whose password it is to be. */
export interface PasswordOwner {
  readonly email: string;
  readonly displayName: string | null;
}

/** Shorter parts are in many passwords by chance. */
const SHORTEST_PART = 4;
/** A part that makes up less than this share of a password gives little of it away. */
const TELLING_SHARE = 1 / 4;

/**
 * Whether a quarter or more of the password is a part of the e-mail address (local part, domain) or of the display name,
 * in any case and spelling.
 */
export function isLikeOwner(password: string, { email, displayName }: PasswordOwner): boolean {
  const spellings = [password.toLowerCase(), withoutLeet(password)].map(lettersAndDigits);
  const shortest = Math.max(SHORTEST_PART, Math.ceil(password.length * TELLING_SHARE));
  return partsOf(email, displayName ?? '')
    .filter((part) => part.length >= shortest)
    .some((part) => spellings.some((spelling) => spelling.includes(part)));
}

function partsOf(email: string, displayName: string): string[] {
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const labels = email.slice(at + 1).split('.');
  const names = [local, displayName].flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)]);
  // the last label of a domain is everybody's
  const parts = [...names, ...labels.slice(0, -1)];
  return parts.flatMap((part) => [part.toLowerCase(), withoutLeet(part)]).map(lettersAndDigits);
}

const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '');
