import { Client, Connection } from '@temporalio/client';
import { clientTraceInterceptor } from './trace-interceptor';

export interface TemporalOptions {
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  readonly apiKey?: string | undefined;
  /** Makes a span of every start and message, and sends it along. */
  readonly traced?: boolean;
}

const pingDeadlineMs = 5_000;

export interface LazyTemporalClient {
  /** Connects on the first call; after a failure the next call tries again. */
  get(): Promise<Client>;
  /** Resolves when the server answers and has the namespace; a connection alone says little of a server that hangs. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The API must start, and answer what needs no workflow, while the Temporal server is away. */
export function lazyTemporalClient({
  address,
  namespace,
  tls,
  apiKey,
  traced = false,
}: TemporalOptions): LazyTemporalClient {
  let connecting: Promise<Client> | undefined;
  let connection: Connection | undefined;
  const connect = async (): Promise<Client> => {
    connection = await Connection.connect({
      address,
      connectTimeout: '5s',
      ...(tls && { tls: true }),
      ...(apiKey !== undefined && { apiKey }),
    });
    return new Client({
      connection,
      namespace,
      ...(traced && { interceptors: { workflow: [clientTraceInterceptor] } }),
    });
  };
  const get = async (): Promise<Client> => {
    connecting ??= connect();
    try {
      return await connecting;
    } catch (err) {
      connecting = undefined;
      throw err;
    }
  };
  return {
    get,
    async ping() {
      const client = await get();
      await client.withDeadline(Date.now() + pingDeadlineMs, async () => {
        await client.workflowService.describeNamespace({ namespace });
      });
    },
    async close() {
      await connecting?.catch(() => undefined);
      await connection?.close();
    },
  };
}
