import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** What every authenticator app understands (RFC 6238 with SHA-1). */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** RFC 4226, section 4: as long as the hash. */
const SECRET_BYTES = 20;
/** RFC 6238, section 5.2: one step back for a code on its way, one ahead for a clock that is fast. */
const WINDOW_STEPS = 1;
const SIX_DIGITS = /^[0-9]{6}$/;
const ISSUER = 'Loopin';

export const newTotpSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** The secret as people type it (base32), and as an authenticator app scans it. */
export function toEnrolment(secret: Buffer, account: string): { secret: string; otpauthUri: string } {
  const totp = new TOTP({ ...PARAMETERS, issuer: ISSUER, label: account, secret: toSecret(secret) });
  return { secret: totp.secret.base32, otpauthUri: totp.toString() };
}

/**
 * The time step (30 s each) that a code belongs to; undefined when it is wrong, more than one step away, or not later
 * than the last one that was taken: each code is good once.
 */
export function acceptedStep(
  secret: Buffer,
  code: string,
  now: Date,
  lastStep: number | null,
): number | undefined {
  // the library throws at six characters that are more than six bytes
  if (!SIX_DIGITS.test(code)) return undefined;
  const timestamp = now.getTime();
  const token = { ...PARAMETERS, token: code, secret: toSecret(secret), timestamp, window: WINDOW_STEPS };
  const delta = TOTP.validate(token);
  if (delta === null) return undefined;
  const step = TOTP.counter({ period: PARAMETERS.period, timestamp }) + delta;
  return lastStep !== null && step <= lastStep ? undefined : step;
}

/** A copy: a Buffer may be a view on memory that others use. */
const toSecret = (bytes: Buffer): Secret => new Secret({ buffer: new Uint8Array(bytes).buffer });
