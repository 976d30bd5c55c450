import { z } from 'zod';
import type { ProviderAnswer } from './provider-http';
import type { ProviderPolicy } from './provider-policy';
import { ProviderUnavailable, type PushBatch, type PushOutcome } from './push-provider';

/** The answer of `POST /notifications`: `errors` is a list of sentences, or an object of lists of ids. */
const Answer = z.object({
  id: z.string().optional(),
  errors: z
    .union([z.array(z.string()), z.object({ invalid_player_ids: z.array(z.string()).optional() })])
    .optional(),
});
type Answer = z.infer<typeof Answer>;

const NOT_SUBSCRIBED = /not subscribed/i;

/**
 * What an answer of OneSignal means.
 * @throws ProviderUnavailable when it says nothing (ambiguous), or asks us to wait
 */
export function readOutcome(answer: ProviderAnswer, batch: PushBatch, policy: ProviderPolicy): PushOutcome {
  const { status, text, retryAfterSeconds } = answer;
  if (status === 429) throw rateLimited(retryAfterSeconds, policy);
  // the key or the app, not the message: mended by an operator, and nothing is lost until then
  if ([401, 403, 404].includes(status)) throw policy.lockedOut(`status ${status}`);
  if (status >= 500 || status === 408) throw new ProviderUnavailable(`status ${status}`, { ambiguous: true });
  if (status >= 400) return { outcome: 'refused', reason: `status_${status}` };
  const read = parse(text);
  if (read === undefined) throw new ProviderUnavailable('the answer is not readable', { ambiguous: true });
  return toOutcome(read, batch);
}

function rateLimited(retryAfterSeconds: number | undefined, policy: ProviderPolicy): ProviderUnavailable {
  const failure = new ProviderUnavailable('rate limited', { ambiguous: false, retryAfterSeconds });
  if (retryAfterSeconds !== undefined) policy.rest(failure, retryAfterSeconds);
  return failure;
}

function parse(text: string): Answer | undefined {
  try {
    return Answer.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** 200 with an empty id means that nothing was sent, and only `errors` says why. */
function toOutcome({ id, errors }: Answer, { targets }: PushBatch): PushOutcome {
  const named = (errors !== undefined && !Array.isArray(errors) && errors.invalid_player_ids) || [];
  if (id) return { outcome: 'accepted', messageId: id, invalidTargets: named };
  if (errors === undefined) {
    throw new ProviderUnavailable('nothing was sent and no reason given', { ambiguous: false });
  }
  if (named.length > 0) return { outcome: 'nobody_reachable', invalidTargets: named };
  // a sentence about all of them names one only when there is one
  const sole =
    Array.isArray(errors) && errors.some((one) => NOT_SUBSCRIBED.test(one)) && targets.length === 1;
  return { outcome: 'nobody_reachable', invalidTargets: sole ? targets : [] };
}
