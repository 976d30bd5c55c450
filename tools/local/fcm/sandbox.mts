import { messageOf } from '../failure.mts';
import { HttpError } from '../http.mts';
import { LOOPBACK } from '../ports.mts';
import { applySettings } from '../settings.mts';
import { type FcmSandboxConfig, USUAL_FCM_SETTINGS } from './config.mts';
import { handleSend } from './send-call.mts';
import { clear, type FcmState, newState } from './state.mts';
import { type FcmRequest, type FcmResponse, FcmTransport, readText, send } from './transport.mts';

export interface FcmSandbox {
  readonly port: number;
  close(): Promise<void>;
}

const SEND = /^\/v1\/projects\/([^/]+)\/messages:send$/;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/**
 * A stand-in for FCM HTTP v1 and Google's token endpoint that keeps their documented rules, on one port: TLS with
 * HTTP/2 or 1.1 by ALPN, and without TLS for whoever looks at its ledger. A port of 0 is chosen by the system.
 */
export async function startFcmSandbox(config: FcmSandboxConfig, port: number): Promise<FcmSandbox> {
  const state = newState(config);
  const transport = new FcmTransport(config.tls, (request, response) => {
    route(state, transport, request, response).catch((error: unknown) => refuse(response, error));
  });
  return { port: await transport.listen(port), close: () => transport.close() };
}

async function route(
  state: FcmState,
  transport: FcmTransport,
  request: FcmRequest,
  response: FcmResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', `https://${LOOPBACK}`);
  const name = `${request.method} ${url.pathname}`;
  const projectId = request.method === 'POST' ? SEND.exec(url.pathname)?.[1] : undefined;
  if (projectId !== undefined) return handleSend(state, request, response, projectId);
  if (name === 'POST /token') return exchange(state, request, response);
  if (request.method === 'PUT') await change(state, url.pathname, request);
  else if (name === 'DELETE /_sandbox') clear(state);
  else if (name === 'DELETE /_sandbox/access-tokens') state.accessTokens.expire();
  else return send(response, 200, JSON_TYPE, JSON.stringify(look(state, transport, name, url)));
  send(response, 204, {}, '');
}

async function exchange(state: FcmState, request: FcmRequest, response: FcmResponse): Promise<void> {
  const form = await readText(request);
  const { mode, delayMs } = state.tokenFaults.take();
  if (mode.startsWith('timeout')) return;
  if (mode !== 'ok') throw new HttpError(Number(mode) || 500, { error: 'internal_failure', delayMs });
  const audience = `https://${request.headers[':authority'] ?? request.headers.host}/token`;
  const answer = await state.accessTokens.exchange(form, audience);
  send(response, 200, JSON_TYPE, JSON.stringify(answer));
}

/** `GET /_sandbox/…`: what tests and people read. */
function look(state: FcmState, transport: FcmTransport, name: string, url: URL): unknown {
  const token = url.searchParams.get('token');
  switch (name) {
    case 'GET /_sandbox/attempts':
      return state.ledger.attempts(token);
    case 'GET /_sandbox/visible':
      return state.ledger.visible(token);
    case 'GET /_sandbox/calls':
      return state.ledger.calls();
    case 'GET /_sandbox/summary':
      return {
        ...state.ledger.summary(),
        accessTokens: state.accessTokens.minted,
        secureConnections: transport.secureConnections,
      };
    case 'GET /_sandbox/settings':
      return state.settings;
    default:
      throw new HttpError(404, {
        error: { code: 404, message: `${name} is not one of the sandbox's routes` },
      });
  }
}

/** `PUT /_sandbox/…`: how the sandbox behaves from now on. */
async function change(state: FcmState, path: string, request: FcmRequest): Promise<void> {
  const body: Record<string, unknown> = JSON.parse(await readText(request));
  if (path === '/_sandbox/faults') state.faults.set(body);
  else if (path === '/_sandbox/token-faults') state.tokenFaults.set(body);
  else if (path === '/_sandbox/tokens') state.tokens.refuse(body);
  else if (path === '/_sandbox/settings') applySettings(state.settings, USUAL_FCM_SETTINGS, body);
  else
    throw new HttpError(404, {
      error: { code: 404, message: `PUT ${path} is not one of the sandbox's routes` },
    });
}

function refuse(response: FcmResponse, error: unknown): void {
  if (response.headersSent) return;
  const { status, body } =
    error instanceof HttpError ? error : { status: 500, body: { error: messageOf(error) } };
  send(response, status, JSON_TYPE, JSON.stringify(body));
}
