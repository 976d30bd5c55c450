import { isIP } from 'node:net';
import { isPublic, isWithin, toRanges } from './address-rules';

/**
 * What can be said of a URL before anybody connects; names are looked at when they are resolved.
 * @returns what is wrong with it, or undefined
 */
export function findUrlProblem(text: string, allow: readonly string[]): string | undefined {
  const url = URL.parse(text);
  if (url === null) return 'is not a URL';
  if (url.username !== '' || url.password !== '') return 'may not hold a user or a password';
  const plain = url.protocol === 'http:' && allow.length > 0;
  if (url.protocol !== 'https:' && !plain) return 'has to be an https URL';
  // the URL standard has made 0x7f.1, 017700000001 and 2130706433 into 127.0.0.1 by now
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host) !== 0;
  if (literal && !isPublic(host) && !isWithin(host, toRanges(allow)))
    return 'is not an address of the public internet';
  if (/(^|\.)(localhost|local|internal)\.?$/i.test(host) && allow.length === 0)
    return 'names a machine of our own network';
  return undefined;
}
