const UNRESERVED = /^[\w.~-]$/;

/**
 * What `htu` is compared by: RFC 9449, section 4.3, without query and fragment, after the normalisations of RFC 3986,
 * sections 6.2.2 and 6.2.3 (case, default port, dot segments, needless percent-encoding).
 * @returns undefined for what is no HTTP URI, or carries a user name
 */
export function normalisedTarget(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined;
  const { protocol, username, password, origin, pathname } = new URL(uri);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  if (username !== '' || password !== '') return undefined;
  return `${origin}${pathname.replace(/%[0-9a-f]{2}/gi, plainest)}`;
}

function plainest(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}
