import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { close, createServer, HttpError, listen, readJson, sendJson, sendNothing } from '../http.mts';
import { applySettings } from '../settings.mts';
import { type SandboxConfig, USUAL_SETTINGS } from './config.mts';
import { handleCreate } from './create-call.mts';
import { oneSignalFaults } from './faults.mts';
import { Provider } from './provider.mts';
import type { SandboxState } from './state.mts';

export interface Sandbox {
  readonly port: number;
  close(): Promise<void>;
}

/** A stand-in for OneSignal's REST API that keeps its documented rules. A port of 0 is chosen by the system. */
export async function startSandbox(config: SandboxConfig, port: number): Promise<Sandbox> {
  const settings = { ...USUAL_SETTINGS };
  const state = { config, settings, faults: oneSignalFaults(), provider: new Provider(config, settings) };
  const server: Server = createServer((request, response, url) => route(state, request, response, url));
  return {
    port: await listen(server, port),
    close: async () => {
      state.provider.events.clear();
      await close(server);
    },
  };
}

async function route(
  state: SandboxState,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  // The SDKs say /api/v1/notifications, the current documentation /notifications.
  const path = url.pathname.replace(/^\/api\/v1/, '');
  const name = `${request.method} ${path}`;
  if (name === 'POST /notifications') return handleCreate(state, request, response);
  if (request.method === 'PUT') return change(state, path, request, response);
  if (name === 'DELETE /_sandbox') {
    clear(state);
    return sendNothing(response);
  }
  sendJson(response, 200, look(state, name, url));
}

/** `GET /_sandbox/…`: what tests and people read. */
function look({ provider, settings }: SandboxState, name: string, url: URL): unknown {
  const subscriptionId = url.searchParams.get('subscriptionId');
  switch (name) {
    case 'GET /_sandbox/deliveries':
      return subscriptionId ? provider.ledger.deliveriesTo(subscriptionId) : provider.ledger.allDeliveries();
    case 'GET /_sandbox/calls':
      return provider.ledger.calls();
    case 'GET /_sandbox/summary':
      return { ...provider.ledger.summary(), events: provider.events.summary() };
    case 'GET /_sandbox/settings':
      return settings;
    default:
      throw new HttpError(404, { errors: [`${name} is not one of the sandbox's routes`] });
  }
}

/** `PUT /_sandbox/…`: how the sandbox behaves from now on. */
async function change(
  state: SandboxState,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readJson(request);
  if (path === '/_sandbox/faults') state.faults.set(body);
  else if (path === '/_sandbox/subscriptions') state.provider.subscriptions.add(body);
  else if (path === '/_sandbox/settings') applySettings(state.settings, USUAL_SETTINGS, body);
  else throw new HttpError(404, { errors: [`PUT ${path} is not one of the sandbox's routes`] });
  sendNothing(response);
}

function clear({ provider, faults, settings }: SandboxState): void {
  provider.clear();
  faults.clear();
  Object.assign(settings, USUAL_SETTINGS);
}
