import type { Binary, ClientSession } from 'mongodb';
import { scopeId, type Scope } from '../../domain/graph/identity';
import type { MappedRelationship } from '../../domain/mapping/decide-mapping';
import { mapperScope } from '../../domain/mapping/mapper-objects';
import { sha1 } from '../digest';
import type { MappingDocument } from './collections';
import type { Database } from './database';

/** Kept as text: nothing queries inside it, and names of properties need no encoding. */
export const contentOf = ({ content }: MappingDocument): MappedRelationship =>
  JSON.parse(content) as MappedRelationship;

export const scopeOfMapping = ({ _accountId, _source, _scope }: MappingDocument): Scope => ({
  account: _accountId,
  source: _source,
  scope: _scope,
});

/** False of most accounts, which then pay one look for all that the mapper does. */
export async function hasMappings(database: Database, account: string, session: ClientSession): Promise<boolean> {
  const { mappings } = database.collections;
  return (await mappings.findOne({ _accountId: account }, { session, projection: { _id: 1 } })) !== null;
}

const turnId = (account: string): string => scopeId(sha1, mapperScope(account));

/** Must have happened before the first `takeTurn` of an account: two transactions cannot both insert one document. */
export async function openTurns(database: Database, account: string): Promise<void> {
  await database.collections.scopes.updateOne(
    { _id: turnId(account) },
    { $setOnInsert: { ...mapperScope(account), queue: [], mapperTurns: 0 } },
    { upsert: true },
  );
}

/**
 * Makes the transactions that decide about the mapper's entities in one account follow each other: one that runs at the same time
 * fails here with a conflict and starts again, and then sees what the other one has made. Without it two scopes could each create
 * a target that the other's filter matches, or one could end a target while the other begins to rely on it.
 */
export async function takeTurn(database: Database, account: string, session: ClientSession): Promise<void> {
  await database.collections.scopes.updateOne({ _id: turnId(account) }, { $inc: { mapperTurns: 1 } }, { session });
}

/**
 * Notes targets whose contributors have changed. They are settled at the end of the job, so that a target changes once however many
 * of its contributors did, and one that only changes hands never ends in between.
 */
export async function noteUnsettled(
  database: Database,
  request: {
    readonly account: string;
    readonly settlementId: string;
    readonly targets: readonly Binary[];
    readonly session: ClientSession;
  },
): Promise<void> {
  const { account, settlementId, targets, session } = request;
  const ids = new Map(targets.map((id) => [id.toString('hex'), id]));
  if (ids.size === 0) return;
  await database.collections.unsettledTargets.bulkWrite(
    [...ids].map(([hex, target]) => ({
      updateOne: {
        filter: { _id: `${settlementId}/${hex}` },
        update: { $setOnInsert: { account, scopeId: settlementId, target } },
        upsert: true,
      },
    })),
    { session, ordered: true },
  );
}
