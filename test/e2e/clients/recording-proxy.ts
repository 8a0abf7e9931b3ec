import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the client got; 0 when its connection was cut. */
  status: number;
  /** Whether the product saw the request. */
  forwarded: boolean;
}

export type Interference =
  /** The product does not see the request. */
  | { readonly answer: number; readonly body?: unknown }
  /** The product handles the request, and its answer gets lost. */
  | 'lose-answer';

export interface RecordingProxy {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  /** Paths and statuses in the order of arrival, with job ids out of the way: `POST /persister/synchronization/jobs/:id/entities 200`. */
  lines(): string[];
  /** Decides over each later request; undefined lets it through. */
  interfere(decide: (exchange: Exchange, nth: number) => Interference | undefined): void;
  close(): Promise<void>;
}

/** Stands between a client and the product, writes down what passes, and can play a bad network. */
export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const exchanges: Exchange[] = [];
  let decide: (exchange: Exchange, nth: number) => Interference | undefined = () => undefined;

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const exchange: Exchange = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: await bytesOf(incoming),
        status: 0,
        forwarded: false,
      };
      exchanges.push(exchange);
      const interference = decide(exchange, exchanges.length);
      if (interference !== undefined && interference !== 'lose-answer') {
        exchange.status = interference.answer;
        outgoing.writeHead(interference.answer, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(interference.body ?? {}));
        return;
      }
      exchange.forwarded = true;
      const answer = await forward(target, exchange);
      if (interference === 'lose-answer') return void outgoing.destroy();
      exchange.status = answer.status;
      outgoing.writeHead(answer.status, { 'content-type': answer.contentType });
      outgoing.end(answer.body);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    lines: () => exchanges.map(({ method, path, status }) => `${method} ${path.replace(jobId, ':id')} ${status}`),
    interfere: (next) => void (decide = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const jobId = /[0-9a-f]{8}-[0-9a-f-]{27}/;

async function forward(
  target: string,
  { method, path, headers, body }: Exchange,
): Promise<{ status: number; contentType: string; body: Buffer }> {
  return await new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, connection: __, host: ___, ...passed } = headers;
    const onward = request(`${target}${path}`, {
      method,
      headers: { ...passed, ...(body.length > 0 && { 'content-length': body.length }) },
    });
    onward.once('error', reject);
    onward.once('response', (response) => {
      bytesOf(response).then(
        (bytes) =>
          resolve({
            status: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? 'application/json',
            body: bytes,
          }),
        reject,
      );
    });
    onward.end(body);
  });
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
