import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { DomainError } from '../../shared/domain-error';
import { HeadersTooLarge, MalformedRequest, RequestTimedOut } from './http.errors';
import { toProblem } from './problem';

/** Answers what Node's parser refused before there was a request: a header over 16 KiB, or no HTTP at all. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const refusal = refusalFor(error.code);
  const { status, headers, body } = toProblem(refusal, requestId);
  const lines = Object.entries({
    ...headers,
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

function refusalFor(code: string | undefined): DomainError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new HeadersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestTimedOut();
    default:
      return new MalformedRequest();
  }
}
