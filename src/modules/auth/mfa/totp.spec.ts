import { createHmac } from 'node:crypto';
import { acceptedStep, newTotpSecret, toEnrolment } from './totp';

const SECRET = Buffer.from('12345678901234567890');
const at = (seconds: number) => new Date(seconds * 1000);

/** RFC 4226, section 5.3, without the library. */
function hotp(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

describe('one-time passwords', () => {
  // RFC 6238, appendix B, the last six of its eight digits
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %d s', (seconds, code) => {
    expect(acceptedStep(SECRET, code, at(seconds), null)).toBe(Math.floor(seconds / 30));
  });

  it('are taken one step early or late, not two', () => {
    const secret = newTotpSecret();
    const step = 60_000_000;
    for (const near of [-1, 0, 1]) {
      expect(acceptedStep(secret, hotp(secret, step + near), at(step * 30 + 7), null)).toBe(step + near);
    }
    for (const far of [-2, 2]) {
      expect(acceptedStep(secret, hotp(secret, step + far), at(step * 30 + 7), null)).toBeUndefined();
    }
  });

  it('are taken only after the last one that was', () => {
    const secret = newTotpSecret();
    const step = 60_000_000;
    const now = at(step * 30);
    expect(acceptedStep(secret, hotp(secret, step), now, step)).toBeUndefined();
    expect(acceptedStep(secret, hotp(secret, step - 1), now, step)).toBeUndefined();
    expect(acceptedStep(secret, hotp(secret, step + 1), now, step)).toBe(step + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef', '12 345', '－１２３４５'])('are six digits: “%s”', (code) => {
    expect(acceptedStep(SECRET, code, at(59), null)).toBeUndefined();
  });

  it('are enrolled by a URI that authenticator apps read', () => {
    const { secret, otpauthUri } = toEnrolment(SECRET, 'ada@example.com');
    expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    const url = new URL(otpauthUri);
    expect([url.protocol, url.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(url.pathname)).toBe('/Loopin:ada@example.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      ...{ issuer: 'Loopin', secret, algorithm: 'SHA1', digits: '6', period: '30' },
    });
    expect(newTotpSecret()).toHaveLength(20);
  });
});
