import { decodeJwt, type JWTPayload } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { type Answer, expectStatus } from './api';
import type { Phone } from './phone';
import type { TestStack } from './test-stack';

const STEP_MS = 30_000;

/** Somebody's authenticator app. */
export class AuthenticatorApp {
  readonly #totp: TOTP;

  constructor(readonly secret: string) {
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret) });
  }

  static of(secret: Buffer): AuthenticatorApp {
    return new AuthenticatorApp(new Secret({ buffer: new Uint8Array(secret).buffer }).base32);
  }

  /** What it shows so many milliseconds from now, for a stack whose clock was moved that far. */
  code(offsetMs = 0): string {
    return this.#totp.generate({ timestamp: Date.now() + offsetMs });
  }

  /** What it shows so many steps of 30 s before or after that. */
  codeOfStep(steps: number, offsetMs = 0): string {
    return this.code(offsetMs + steps * STEP_MS);
  }

  /** Six digits that are no code of now or of the steps around it. */
  wrong(offsetMs = 0): string {
    const near = [-2, -1, 0, 1, 2].map((steps) => this.codeOfStep(steps, offsetMs));
    const candidates = ['000000', '111111', '222222', '333333', '444444', '555555'];
    return candidates.find((code) => !near.includes(code)) ?? '';
  }
}

export interface Enrolled {
  readonly app: AuthenticatorApp;
  readonly recoveryCodes: readonly string[];
}

export const beginTotp = (phone: Phone): Promise<Answer> =>
  phone.api.post('/v1/auth/mfa/totp', undefined, phone.authorization);

export const confirmTotp = (phone: Phone, code: string): Promise<Answer> =>
  phone.adopt(phone.api.post('/v1/auth/mfa/totp/confirm', { code }, phone.authorization));

export const removeTotp = (phone: Phone): Promise<Answer> =>
  phone.api.request('DELETE', '/v1/auth/mfa/totp', { headers: phone.authorization });

export const stepUp = (phone: Phone, proof: { code: string } | { password: string }): Promise<Answer> =>
  phone.adopt(phone.api.post('/v1/auth/step-up', proof, phone.authorization));

/**
 * Adds an authenticator app, two steps ago: the codes of now and of the step after it are unused, and no test depends
 * on where in its 30 s a step is.
 */
export async function enrolTotp(stack: TestStack, phone: Phone): Promise<Enrolled> {
  const then = -2 * STEP_MS;
  stack.moveClock(then);
  const { secret } = expectStatus(await beginTotp(phone), 200).json<{ secret: string }>();
  const app = new AuthenticatorApp(secret);
  const answer = expectStatus(await confirmTotp(phone, app.code(then)), 200);
  stack.moveClock(0);
  return { app, recoveryCodes: answer.json<{ recoveryCodes: string[] }>().recoveryCodes };
}

/** A new person with an authenticator app. */
export async function signUpWithTotp(stack: TestStack): Promise<Enrolled & { readonly phone: Phone }> {
  const phone = await stack.phone().signUp();
  return { phone, ...(await enrolTotp(stack, phone)) };
}

/** What the access token in the phone's hands says. */
export const claims = (phone: Phone): JWTPayload => decodeJwt(phone.session.accessToken);

/** Of the mails to that person, once there are so many. */
export async function mailSubjects(stack: TestStack, { email }: Phone, count: number): Promise<string[]> {
  return (await stack.mailbox.waitForMails(email, count)).map(({ subject }) => subject);
}

/** The token of `mfa_required`. @throws Error when the sign-in was not asked for a second factor */
export const mfaTokenOf = (login: Answer): string => {
  const { code, mfaToken } = expectStatus(login, 401).json<{ code: string; mfaToken?: string }>();
  if (code !== 'mfa_required' || mfaToken === undefined) throw new Error(`no second factor asked: ${code}`);
  return mfaToken;
};
