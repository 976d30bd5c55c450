import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { HeadersTooLarge, MalformedRequest } from './http.errors';
import { toProblem } from './problem';

/** Answers what Node's parser refused before there was a request: a header over 16 KiB, or no HTTP at all. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const refusal = error.code === 'HPE_HEADER_OVERFLOW' ? new HeadersTooLarge() : new MalformedRequest();
  const { status, headers, body } = toProblem(refusal, requestId);
  const reason = status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`);
}
