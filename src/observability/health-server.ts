import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Readiness } from './readiness';

export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly readiness: Readiness;
  readonly metrics: { readonly registry: Registry };
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Probes and metrics of a process that serves nothing else. @throws the error of `listen`, such as EADDRINUSE. */
export async function createHealthServer({
  host,
  port,
  readiness,
  metrics,
}: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    answer(path, response).catch(() => {
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
  });

  async function answer(path: string | undefined, response: ServerResponse): Promise<void> {
    if (path === '/livez') return json(response, 200, { status: 'alive' });
    if (path === '/readyz') {
      const report = await readiness.check();
      return json(response, report.ready ? 200 : 503, report);
    }
    if (path === '/metrics') {
      response.setHeader('content-type', metrics.registry.contentType);
      response.end(await metrics.registry.metrics());
      return;
    }
    json(response, 404, { error: { code: 'NOT_FOUND', message: 'There are /livez, /readyz and /metrics here.' } });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
