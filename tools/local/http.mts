// The little HTTP that the sandboxes need, over node:http.
import http from 'node:http';
import { messageOf } from './failure.mts';
import { LOOPBACK } from './ports.mts';

export type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  url: URL,
) => Promise<void>;

/** A server whose handler may throw: a {@link HttpError} becomes its answer, anything else a 500. */
export function createServer(handle: Handler): http.Server {
  // Longer than any client keeps an idle connection: nobody is to meet one that is just being closed.
  return http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
    handle(request, response, url).catch((error: unknown) => refuse(response, error));
  });
}

/** An answer that ends the handling of a request. */
export class HttpError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

export function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

export function sendNothing(response: http.ServerResponse): void {
  response.writeHead(204).end();
}

/** @throws HttpError 413 when the body has more bytes than `limit`. */
export async function readBody(request: http.IncomingMessage, limit = 10 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > limit) throw new HttpError(413, { error: `the body has more than ${limit} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @throws HttpError 400 when the body is no JSON object. */
export async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readBody(request)).toString();
  const parsed = parse(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw new HttpError(400, { error: 'the body must be a JSON object' });
}

/** Listens on loopback; returns the port, which differs from the one asked for when that is 0. */
export function listen(server: http.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Closes the server and every connection, idle or not. */
export function close(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: http.ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof HttpError) sendJson(response, error.status, error.body);
  else sendJson(response, 500, { error: messageOf(error) });
}
