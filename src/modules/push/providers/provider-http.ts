import type { Dispatcher } from 'undici';
import { currentContext } from '../../../shared/request-context';
import { ProviderUnavailable } from './push-provider';

export interface ProviderAnswer {
  readonly status: number;
  readonly text: string;
  /** From `Retry-After`, seconds or a date (RFC 9110, section 10.2.3). */
  readonly retryAfterSeconds: number | undefined;
}

/** Failures before anything left this machine: the provider never saw the call. */
const NEVER_SENT = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * One POST, with the correlation id, read to its end.
 * @throws ProviderUnavailable without an answer; ambiguous unless the call was certainly never sent
 */
export async function post(
  dispatcher: Dispatcher,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  try {
    const response = await dispatcher.request({
      method: 'POST',
      path,
      headers: { 'x-request-id': currentContext()?.correlationId ?? '', ...headers },
      body,
      signal,
    });
    const text = await response.body.text();
    const retryAfterSeconds = readRetryAfter(response.headers['retry-after']);
    return { status: response.statusCode, text, retryAfterSeconds };
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const reason = typeof code === 'string' ? code : error instanceof Error ? error.name : 'no answer';
    throw new ProviderUnavailable(reason, { ambiguous: !(typeof code === 'string' && NEVER_SENT.has(code)) });
  }
}

function readRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(1, Math.ceil((date - Date.now()) / 1_000));
}
