import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpError, readJson, sendJson } from '../http.mts';
import type { OneSignalFault } from './faults.mts';
import type { Call } from './ledger.mts';
import { type Answer, NOBODY, type Provider, type Result } from './provider.mts';
import { authorise, type Creation, checkCreation } from './rules.mts';
import type { SandboxState } from './state.mts';

/** An answer before it is sent. */
interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `POST /notifications`: rules, effect and answer, each as the fault that is on bends it. */
export async function handleCreate(
  state: SandboxState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const fault = state.faults.take();
  const call = newCall(request, fault);
  state.provider.ledger.record(call);
  const body = await readJson(request).catch(() => ({}));
  const reply = failingReply(fault) ?? takeEffect(state, request, body, fault, call);
  if (fault.mode === 'timeout_before' || fault.mode === 'timeout_after') return hang(response, fault);
  if (fault.delayMs > 0) await delay(fault.delayMs);
  call.status = reply.status;
  if (fault.mode === 'reset' && reply.status === 200) return sendHalf(response, reply.body, 'reset');
  if (fault.mode === 'invalid_json' && reply.status === 200) return sendHalf(response, reply.body, 'end');
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  sendJson(response, reply.status, reply.body);
}

function newCall(request: IncomingMessage, fault: OneSignalFault): Call {
  return {
    at: new Date().toISOString(),
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    status: null,
    recipients: 0,
    notificationId: null,
    idempotencyKey: null,
    replayed: false,
    fault: fault.mode,
  };
}

/** The faults under which nothing has any effect. */
function failingReply(fault: OneSignalFault): Reply | undefined {
  switch (fault.mode) {
    case '429':
      return {
        status: 429,
        body: { errors: ['API rate limit exceeded.'] },
        headers: { 'retry-after': String(fault.retryAfterSeconds) },
      };
    case '500':
      return { status: 500, body: { errors: ['Internal Server Error'] } };
    case 'timeout_before':
      return { status: 0, body: undefined };
    default:
      return undefined;
  }
}

function takeEffect(
  { config, settings, provider }: SandboxState,
  request: IncomingMessage,
  body: Readonly<Record<string, unknown>>,
  fault: OneSignalFault,
  call: Call,
): Reply {
  try {
    authorise(request.headers.authorization, config.apiKey);
    const limits = { appId: config.appId, maxRecipients: settings.maxRecipients };
    const creation = checkCreation(body, limits);
    const result = create(provider, creation, fault);
    call.idempotencyKey = creation.idempotencyKey;
    call.recipients = result.recipients;
    call.notificationId = result.answer.id || null;
    call.replayed = result.replayed;
    return { status: 200, body: result.answer };
  } catch (error) {
    if (error instanceof HttpError) return { status: error.status, body: error.body };
    throw error;
  }
}

function create(provider: Provider, creation: Creation, fault: OneSignalFault): Result {
  if (fault.mode === 'empty_id') {
    const answer: Answer = { id: '', external_id: creation.idempotencyKey, errors: NOBODY };
    return { answer, recipients: 0, replayed: false };
  }
  // The first one is the bad one; alone it makes an empty id beside an object of errors, which OneSignal does too.
  const unreachable = fault.mode === 'partial_invalid' ? creation.subscriptionIds.slice(0, 1) : [];
  return provider.create(creation, unreachable);
}

/** No answer: the client gives up, or the connection is closed after `delayMs`. */
function hang(response: ServerResponse, fault: OneSignalFault): void {
  if (fault.delayMs === 0) return;
  const timer = setTimeout(() => response.destroy(), fault.delayMs);
  response.once('close', () => clearTimeout(timer));
}

/** Half of a body: either the connection breaks there, or it ends as if that were all. */
function sendHalf(response: ServerResponse, body: unknown, then: 'reset' | 'end'): void {
  const whole = JSON.stringify(body);
  const half = whole.slice(0, Math.ceil(whole.length / 2));
  const length = then === 'reset' ? whole.length : half.length;
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': length });
  if (then === 'end') response.end(half);
  else response.write(half, () => response.socket?.resetAndDestroy());
}
