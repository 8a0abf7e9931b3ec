import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly text?: string;
}

export interface StandIn {
  readonly apiBaseUrl: string;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** An HTTP server that records what it is sent and answers what the test says. */
export async function startStandIn(
  answer: (request: SeenRequest, before: readonly SeenRequest[]) => Answer,
): Promise<StandIn> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const record: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      const { status = 200, body, text: raw } = answer(record, seen);
      seen.push(record);
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(raw ?? JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiBaseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    // close() of a closed server is an error; a test may have closed it to see what a dead API looks like.
    close: () =>
      new Promise((resolve, reject) => {
        if (!server.listening) return resolve();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
