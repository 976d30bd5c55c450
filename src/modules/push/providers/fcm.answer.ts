import { z } from 'zod';
import type { ProviderAnswer } from './provider-http';
import type { ProviderPolicy } from './provider-policy';
import { ProviderUnavailable, type TargetResult } from './push-provider';

const Accepted = z.object({ name: z.string().min(1) });
/** google.rpc.Status with a FcmError among its details (firebase.google.com/docs/cloud-messaging/error-codes). */
const Refused = z.object({
  error: z.object({ details: z.array(z.object({ errorCode: z.string().optional() })).default([]) }),
});

/** FCM asks for a minute where it names no time. */
const QUOTA_PAUSE_SECONDS = 60;

/** The access token is not good any more: another one is. */
export class AccessTokenRefused extends ProviderUnavailable {
  constructor() {
    super('status 401', { ambiguous: false });
  }
}

/**
 * What an answer of FCM means for its recipient. Only UNREGISTERED proves that a token is dead: INVALID_ARGUMENT may
 * be the payload.
 * @throws ProviderUnavailable when it says nothing (ambiguous), or asks us to wait
 * @throws AccessTokenRefused
 */
export function readResult(target: string, answer: ProviderAnswer, policy: ProviderPolicy): TargetResult {
  const { status, text } = answer;
  if (status === 200) {
    if (Accepted.safeParse(parse(text)).success) return { target, result: 'accepted' };
    throw new ProviderUnavailable('the answer is not readable', { ambiguous: true });
  }
  const code = errorCodeOf(text);
  if (code === 'UNREGISTERED') return { target, result: 'invalid', reason: 'unregistered' };
  if (status === 400 || code === 'SENDER_ID_MISMATCH') {
    return { target, result: 'failed', reason: (code ?? 'status_400').toLowerCase() };
  }
  throw toUnavailable(answer, code, policy);
}

function toUnavailable(
  { status, retryAfterSeconds }: ProviderAnswer,
  code: string | undefined,
  policy: ProviderPolicy,
): ProviderUnavailable {
  const reason = code ?? `status ${status}`;
  // the key to Apple's service: an operator's matter, and only of this recipient's kind
  if (code === 'THIRD_PARTY_AUTH_ERROR') return new ProviderUnavailable(reason, THIRD_PARTY);
  if (status === 401) return new AccessTokenRefused();
  if (status === 403 || status === 404) return policy.lockedOut(reason);
  if (status === 429) return rateLimited(reason, retryAfterSeconds, policy);
  if (status === 503) {
    const failure = new ProviderUnavailable(reason, { ambiguous: false, retryAfterSeconds });
    if (retryAfterSeconds !== undefined) policy.rest(failure, retryAfterSeconds);
    return failure;
  }
  return new ProviderUnavailable(reason, { ambiguous: true });
}

const THIRD_PARTY = { ambiguous: false, circuitOpen: true, retryAfterSeconds: QUOTA_PAUSE_SECONDS };

/** A time that FCM names is for all; without one it may be this phone alone that got too many. */
function rateLimited(
  reason: string,
  retryAfterSeconds: number | undefined,
  policy: ProviderPolicy,
): ProviderUnavailable {
  const failure = new ProviderUnavailable(reason, {
    ambiguous: false,
    retryAfterSeconds: retryAfterSeconds ?? QUOTA_PAUSE_SECONDS,
  });
  if (retryAfterSeconds !== undefined) policy.rest(failure, retryAfterSeconds);
  return failure;
}

function errorCodeOf(text: string): string | undefined {
  const refused = Refused.safeParse(parse(text)).data;
  return refused?.error.details.find(({ errorCode }) => errorCode !== undefined)?.errorCode;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
