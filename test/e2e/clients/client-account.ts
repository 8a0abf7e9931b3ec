import type { Database } from '../../../src/adapters/mongo/database';
import type { SyncJobDocument } from '../../../src/contracts/sync-job';
import { ApiClient } from '../../support/api-client';
import { liveProduct, newAccount } from '../../support/live-product';

export type FlatObject = Readonly<Record<string, unknown>>;

/** An account that a client uploads to, looked at from the server's side: exit codes of clients prove nothing. */
export interface ClientAccount {
  readonly apiBaseUrl: string;
  readonly account: string;
  readonly token: string;
  readonly api: ApiClient;
  /** The newest job of the account, once it has ended. */
  lastJob(): Promise<SyncJobDocument>;
  jobCount(): Promise<number>;
  /** Live objects by `_key`, through the export that clients use. */
  graph(): Promise<{ entities: Map<string, FlatObject>; relationships: Map<string, FlatObject> }>;
}

export async function newClientAccount(database: Database): Promise<ClientAccount> {
  const { apiBaseUrl } = liveProduct();
  const credentials = { apiBaseUrl, ...(await newAccount(database)) };
  const api = new ApiClient(credentials);
  const jobs = async (): Promise<readonly SyncJobDocument[]> =>
    (await api.ok('GET', '/persister/synchronization/jobs')).jobs as readonly SyncJobDocument[];
  return {
    ...credentials,
    api,
    lastJob: async () => {
      const [newest] = await jobs();
      if (newest === undefined) throw new Error('The client has started no job.');
      return await api.untilEnded(newest.id);
    },
    jobCount: async () => (await jobs()).length,
    graph: async () => ({
      entities: await exported(api, 'entities'),
      relationships: await exported(api, 'relationships'),
    }),
  };
}

async function exported(api: ApiClient, kind: 'entities' | 'relationships'): Promise<Map<string, FlatObject>> {
  const objects = new Map<string, FlatObject>();
  let cursor = '';
  do {
    const page = await api.ok('GET', `/${kind}?limit=4000&includeDeleted=false${cursor && `&cursor=${cursor}`}`);
    for (const object of page.items as FlatObject[]) objects.set(String(object._key), object);
    cursor = (page.endCursor as string | undefined) ?? '';
  } while (cursor !== '');
  return objects;
}
