const MASK = '***';

/** The first character and nothing else: enough to tell two people apart, not enough to know one. */
export const masked = (text: string): string => `${[...text][0] ?? ''}${MASK}`;

/** An e-mail address with both sides of its @ masked. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 0 ? masked(email) : `${masked(email.slice(0, at))}@${masked(email.slice(at + 1))}`;
}
