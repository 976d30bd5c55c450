import { createHash } from 'node:crypto';
import { equalsInConstantTime } from '../../../shared/hash';

const MEMBER = /^([a-z0-9-]+)=:([A-Za-z0-9+/]+={0,2}):$/;
/** RFC 9530, section 5: the algorithms that are not "insecure". */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);
const MAX_MEMBERS = 8;

/**
 * Whether `Content-Digest` (RFC 9530) is that of the bytes: at least one digest that we know, and none of those wrong.
 * Others are not looked at.
 */
export function digestMatches(field: string, bytes: Buffer): boolean {
  const members = field.split(',').map((member) => MEMBER.exec(member.trim()));
  const names = members.map((member) => member?.[1]);
  if (members.length > MAX_MEMBERS || names.includes(undefined) || new Set(names).size < names.length) {
    return false;
  }
  const known = members.flatMap((member) => {
    const algorithm = ALGORITHMS.get(member?.[1] ?? '');
    return algorithm === undefined ? [] : [{ algorithm, digest: Buffer.from(member?.[2] ?? '', 'base64') }];
  });
  return (
    known.length > 0 &&
    known.every(({ algorithm, digest }) =>
      equalsInConstantTime(createHash(algorithm).update(bytes).digest(), digest),
    )
  );
}
