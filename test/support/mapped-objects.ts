import type { Database } from '../../src/adapters/mongo/database';
import type { SyncJobDocument } from '../../src/contracts/sync-job';
import { ApiClient } from './api-client';
import { liveProduct, newAccount } from './live-product';
import { outcomeCounts } from './bench';

export type Json = Readonly<Record<string, unknown>>;

export const user = (key: string, more: Json = {}) => ({ _key: key, _type: 'acme_user', _class: 'User', ...more });
export const person = (email: string, more: Json = {}) => ({ _class: 'Person', _type: 'person', email, ...more });
/** A user is the person with this email address. */
export const isPerson = (source: string, email: string, mapping: Json = {}, more: Json = {}) => ({
  _key: `${source}|is|person`,
  _type: 'acme_user_is_person',
  _class: 'IS',
  displayName: 'IS',
  _mapping: {
    relationshipDirection: 'FORWARD',
    sourceEntityKey: source,
    targetFilterKeys: [['_class', 'email']],
    targetEntity: person(email),
    skipTargetCreation: false,
    ...mapping,
  },
  ...more,
});

/** An account of its own with shorthands for what tests of mapped relationships do over and over. */
export async function mappedAccount(database: Database) {
  const { account, token } = await newAccount(database);
  const api = new ApiClient({ ...liveProduct(), account, token });
  const list = async (path: string) =>
    (await api.ok('GET', `${path}?limit=1000&includeDeleted=false`)).items as readonly Json[];
  return {
    account,
    api,
    /** One job in DIFF mode, unless `more` says otherwise. */
    sync: async (scope: string, entities: readonly Json[], relationships: readonly Json[], more: Json = {}) =>
      await api.sync({ source: 'api', scope, ...more }, { entities, relationships }),
    entities: async () => await list('/entities'),
    relationships: async () => await list('/relationships'),
    people: async () => (await list('/entities')).filter(({ _type }) => _type === 'person'),
  };
}

export const outcome = (job: SyncJobDocument) => ({ status: job.status, ...outcomeCounts(job) });
