import { z } from 'zod';
import { principalKey } from '../../platform/http/principal';
import { byIp, type LimitedRequest, type RateLimit } from '../../platform/http/rate-limit';
import { HOUR, MINUTE } from '../../shared/clock';
import { sha256 } from '../../shared/hash';
import { Email } from './accounts/email';

const Addressed = z.object({ email: Email });
const Readdressed = z.object({ newEmail: Email });
const SignIn = Addressed.extend({ device: z.object({ deviceId: z.string() }) });
const OnDevice = z.object({ device: z.object({ deviceId: z.string() }) });
const Refresh = z.object({ refreshToken: z.string().max(512) });

const hashed = (...parts: readonly string[]): string => sha256(parts.join('\n')).toString('base64url');

/** A body that does not parse is refused by validation anyway; here it only counts by address of origin. */
function byEmail({ body }: LimitedRequest): string | undefined {
  const parsed = Addressed.safeParse(body);
  return parsed.success ? hashed(parsed.data.email) : undefined;
}

function byNewEmail({ body }: LimitedRequest): string | undefined {
  const parsed = Readdressed.safeParse(body);
  return parsed.success ? hashed(parsed.data.newEmail) : undefined;
}

function byAccountAndDevice({ body }: LimitedRequest): string | undefined {
  const parsed = SignIn.safeParse(body);
  return parsed.success ? hashed(parsed.data.email, parsed.data.device.deviceId) : undefined;
}

/** Whose account it is only the ID token says, once it is verified. */
function byDevice({ body }: LimitedRequest): string | undefined {
  const parsed = OnDevice.safeParse(body);
  return parsed.success ? hashed(parsed.data.device.deviceId) : undefined;
}

const byPrincipal = ({ principal }: LimitedRequest): string | undefined =>
  principal === undefined ? undefined : principalKey(principal);

/** A refresh token starts with its session's id. */
function bySession({ body }: LimitedRequest): string | undefined {
  const parsed = Refresh.safeParse(body);
  return parsed.success ? hashed(parsed.data.refreshToken.split('.', 1)[0] ?? '') : undefined;
}

/** By address first: a flood from one place must not use up an account's own points. */
export const LOGIN_LIMITS: readonly RateLimit[] = [
  { name: 'login-ip', points: 60, windowSeconds: MINUTE, key: byIp },
  { name: 'login', points: 10, windowSeconds: MINUTE, key: byAccountAndDevice },
];

export const OIDC_LIMITS: readonly RateLimit[] = [
  { name: 'oidc-ip', points: 60, windowSeconds: MINUTE, key: byIp },
  { name: 'oidc', points: 10, windowSeconds: MINUTE, key: byDevice },
];

export const MAIL_LIMITS: readonly RateLimit[] = [
  { name: 'mail-ip', points: 30, windowSeconds: HOUR, key: byIp },
  { name: 'mail', points: 5, windowSeconds: HOUR, key: byEmail },
];

export const CODE_LIMITS: readonly RateLimit[] = [
  { name: 'code-ip', points: 60, windowSeconds: MINUTE, key: byIp },
  { name: 'code', points: 10, windowSeconds: MINUTE, key: byEmail },
];

export const PASSWORD_CHANGE_LIMITS: readonly RateLimit[] = [
  { name: 'password-change', points: 10, windowSeconds: MINUTE, key: byPrincipal },
  { name: 'password-change-ip', points: 60, windowSeconds: MINUTE, key: byIp },
];

export const EMAIL_CHANGE_LIMITS: readonly RateLimit[] = [
  { name: 'email-change', points: 5, windowSeconds: HOUR, key: byPrincipal },
  { name: 'email-change-address', points: 5, windowSeconds: HOUR, key: byNewEmail },
];

/** Tries of a code are counted beside it. */
export const EMAIL_CODE_LIMITS: readonly RateLimit[] = [
  { name: 'email-code', points: 10, windowSeconds: MINUTE, key: byPrincipal },
];

/** Tries of a token and wrong codes of an account are counted in Postgres, beside the codes. */
export const LOGIN_MFA_LIMITS: readonly RateLimit[] = [
  { name: 'login-mfa-ip', points: 60, windowSeconds: MINUTE, key: byIp },
];

export const STEP_UP_LIMITS: readonly RateLimit[] = [
  { name: 'step-up', points: 10, windowSeconds: MINUTE, key: byPrincipal },
  { name: 'step-up-ip', points: 60, windowSeconds: MINUTE, key: byIp },
];

export const REFRESH_LIMITS: readonly RateLimit[] = [
  { name: 'refresh-ip', points: 600, windowSeconds: MINUTE, key: byIp },
  { name: 'refresh', points: 60, windowSeconds: MINUTE, key: bySession },
];
