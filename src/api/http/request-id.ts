import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

const correlationHeader = 'jupiterone-correlation-id';

/** As sent; undefined when absent. A client keeps it over all attempts of one upload (contract 4.7). */
export function correlationIdOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[correlationHeader];
  const id = Array.isArray(value) ? value.join(',') : value;
  return id === undefined || id.trim() === '' ? undefined : id.trim();
}

/** The client's correlation id where it is fit for a header and a log line, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const id = correlationIdOf(request.headers);
  return id !== undefined && /^[\x21-\x7e]{1,128}$/.test(id) ? id : randomUUID();
}
