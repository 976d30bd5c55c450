import { setTimeout as delay } from 'node:timers/promises';
import { HttpError } from '../http.mts';
import type { FcmFault } from './faults.mts';
import type { FcmCall } from './ledger.mts';
import { checkMessage } from './rules.mts';
import type { FcmState } from './state.mts';
import { badRequest, fcmError, UNAUTHENTICATED } from './status.mts';
import { breakOff, type FcmRequest, type FcmResponse, readText, send } from './transport.mts';

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

/** `POST /v1/projects/{id}/messages:send`: rules, effect and answer, each as the fault that is on bends it. */
export async function handleSend(
  state: FcmState,
  request: FcmRequest,
  response: FcmResponse,
  projectId: string,
): Promise<void> {
  const fault = state.faults.take();
  const call = newCall(request, fault);
  state.ledger.record(call);
  const text = await readText(request);
  const reply = failingReply(fault) ?? takeEffect(state, request, projectId, text, fault, call);
  if (fault.mode === 'timeout_before' || fault.mode === 'timeout_after') return hang(response, fault);
  const pause = fault.delayMs + state.settings.latencyMs;
  if (pause > 0) await delay(pause);
  call.status = reply.status;
  const whole = JSON.stringify(reply.body);
  const half = whole.slice(0, Math.ceil(whole.length / 2));
  const headers = { ...JSON_TYPE, ...reply.headers };
  if (reply.status === 200 && fault.mode === 'reset') return sendHalf(response, headers, half, whole.length);
  send(response, reply.status, headers, reply.status === 200 && fault.mode === 'invalid_json' ? half : whole);
}

function newCall(request: FcmRequest, fault: FcmFault): FcmCall {
  const requestId = request.headers['x-request-id'];
  return {
    at: new Date().toISOString(),
    httpVersion: request.httpVersion,
    requestId: typeof requestId === 'string' ? requestId : null,
    token: null,
    status: null,
    fault: fault.mode,
  };
}

/** The faults under which nothing has any effect. */
function failingReply(fault: FcmFault): Reply | undefined {
  switch (fault.mode) {
    case '401':
      return UNAUTHENTICATED;
    case '429':
      return {
        ...fcmErrorReply('QUOTA_EXCEEDED'),
        headers: { 'retry-after': String(fault.retryAfterSeconds) },
      };
    case '500':
      return fcmErrorReply('INTERNAL');
    case '503':
      return fcmErrorReply('UNAVAILABLE');
    case 'timeout_before':
      return { status: 0, body: undefined };
    default:
      return undefined;
  }
}

function fcmErrorReply(code: Parameters<typeof fcmError>[0]): Reply {
  const { status, body } = fcmError(code);
  return { status, body };
}

function takeEffect(
  state: FcmState,
  request: FcmRequest,
  projectId: string,
  text: string,
  fault: FcmFault,
  call: FcmCall,
): Reply {
  try {
    if (!state.accessTokens.isGood(request.headers.authorization)) throw UNAUTHENTICATED;
    if (projectId !== state.config.projectId) {
      throw new HttpError(403, {
        error: { code: 403, message: 'Permission denied', status: 'PERMISSION_DENIED' },
      });
    }
    const message = checkMessage(parse(text));
    call.token = message.token;
    const refusal = fault.mode === 'partial_invalid' ? 'UNREGISTERED' : state.tokens.refusalOf(message.token);
    if (refusal) throw fcmError(refusal);
    const name = state.ledger.deliver(projectId, message);
    return { status: 200, body: fault.mode === 'empty_id' ? {} : { name } };
  } catch (error) {
    if (error instanceof HttpError) return { status: error.status, body: error.body };
    throw error;
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('Invalid JSON payload received.');
  }
}

/** No answer: the client gives up, or the connection is closed after `delayMs`. */
function hang(response: FcmResponse, fault: FcmFault): void {
  if (fault.delayMs === 0) return;
  const timer = setTimeout(() => breakOff(response), fault.delayMs);
  response.once('close', () => clearTimeout(timer));
}

function sendHalf(
  response: FcmResponse,
  headers: Readonly<Record<string, string>>,
  half: string,
  length: number,
): void {
  response.statusCode = 200;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-length', String(length));
  // the half has to be on its way before the break
  if ('stream' in response) response.stream.write(half, () => breakOff(response));
  else response.write(half, () => breakOff(response));
}
