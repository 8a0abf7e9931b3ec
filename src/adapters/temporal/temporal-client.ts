import { Client, Connection } from '@temporalio/client';

export interface TemporalOptions {
  readonly address: string;
  readonly namespace: string;
  readonly tls: boolean;
  readonly apiKey?: string | undefined;
}

export interface LazyTemporalClient {
  /** Connects on the first call; after a failure the next call tries again. */
  get(): Promise<Client>;
  close(): Promise<void>;
}

/** The API must start, and answer what needs no workflow, while the Temporal server is away. */
export function lazyTemporalClient({ address, namespace, tls, apiKey }: TemporalOptions): LazyTemporalClient {
  let connecting: Promise<Client> | undefined;
  let connection: Connection | undefined;
  const connect = async (): Promise<Client> => {
    connection = await Connection.connect({
      address,
      connectTimeout: '5s',
      ...(tls && { tls: true }),
      ...(apiKey !== undefined && { apiKey }),
    });
    return new Client({ connection, namespace });
  };
  return {
    async get() {
      connecting ??= connect();
      try {
        return await connecting;
      } catch (err) {
        connecting = undefined;
        throw err;
      }
    },
    async close() {
      await connecting?.catch(() => undefined);
      await connection?.close();
    },
  };
}
