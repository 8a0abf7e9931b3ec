import type { Socket } from 'node:net';
import { ErrorCode } from '../../contracts/error-code';

/** Bytes that are no HTTP: answered with our envelope where the socket still can, then closed. Never logged with their content. */
export function answerClientError(err: Error & { code?: string }, socket: Socket): void {
  if (err.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = describe(err.code);
  const body = JSON.stringify({ error: { code: ErrorCode.badRequest, message } });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function describe(code: string | undefined): readonly [status: string, message: string] {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return ['431 Request Header Fields Too Large', 'The headers of the request are too large.'];
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', 'The request did not arrive in time.'];
  return ['400 Bad Request', 'The request is not valid HTTP.'];
}
