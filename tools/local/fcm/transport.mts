import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { LOOPBACK } from '../ports.mts';
import { MAX_STREAMS } from './config.mts';

/** The first byte of a TLS record that begins a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 22;

export type FcmRequest = http.IncomingMessage | http2.Http2ServerRequest;
export type FcmResponse = http.ServerResponse | http2.Http2ServerResponse;
type Handle = (request: FcmRequest, response: FcmResponse) => void;

/**
 * One port for both: FCM speaks TLS and lets ALPN choose HTTP/2 or 1.1, and so does this; curl and tests look at the
 * ledger without a certificate.
 */
export class FcmTransport {
  readonly #secure: http2.Http2SecureServer;
  readonly #plain: http.Server;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();
  #secureConnections = 0;

  constructor(tls: { readonly key: string; readonly cert: string }, handle: Handle) {
    const settings = { maxConcurrentStreams: MAX_STREAMS };
    this.#secure = http2.createSecureServer({ ...tls, allowHTTP1: true, settings }, handle);
    this.#plain = http.createServer({ keepAliveTimeout: 65_000 }, handle);
    this.#server = net.createServer((socket) => this.#accept(socket));
    // a client that breaks off is none of our errors
    for (const event of ['sessionError', 'tlsClientError']) this.#secure.on(event, () => undefined);
  }

  /** How many connections spoke TLS until now. */
  get secureConnections(): number {
    return this.#secureConnections;
  }

  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, LOOPBACK, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accept(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      if (first === null) return;
      socket.unshift(first);
      const secure = first[0] === TLS_HANDSHAKE;
      if (secure) this.#secureConnections += 1;
      (secure ? this.#secure : this.#plain).emit('connection', socket);
    });
  }
}

/** Breaks off what was begun: this stream of an HTTP/2 connection, or the whole connection. */
export function breakOff(response: FcmResponse): void {
  if ('stream' in response) response.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  else response.socket?.resetAndDestroy();
}

export function send(
  response: FcmResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(text);
}

export async function readText(request: FcmRequest): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
