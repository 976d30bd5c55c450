import { createHash } from 'node:crypto';
import { digestMatches } from './content-digest';

describe('Content-Digest', () => {
  const bytes = Buffer.from('{"hello": "world"}\n');
  const field = (algorithm: 'sha-256' | 'sha-512', of = bytes) =>
    `${algorithm}=:${createHash(algorithm.replace('-', '')).update(of).digest('base64')}:`;

  it('of RFC 9530, appendix B.1', () => {
    expect(digestMatches('sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:', bytes)).toBe(true);
  });

  it('may be one of two algorithms, both, or one beside others', () => {
    const both = `${field('sha-512')},${field('sha-256')}`;
    for (const good of [field('sha-256'), field('sha-512'), both, `md5=:AAAA:, ${field('sha-256')}`]) {
      expect(digestMatches(good, bytes)).toBe(true);
    }
  });

  it('is refused when any that we know is wrong, when none is known, twice given or malformed', () => {
    const other = Buffer.from('another');
    const refused = [
      field('sha-256', other),
      `${field('sha-256')}, ${field('sha-512', other)}`,
      'md5=:AAAA:',
      `${field('sha-256')}, ${field('sha-256')}`,
      field('sha-256').replaceAll(':', ''),
      'sha-256=::',
      '',
      `${field('sha-256')},`,
    ];
    for (const wrong of refused) expect([wrong, digestMatches(wrong, bytes)]).toEqual([wrong, false]);
  });
});
