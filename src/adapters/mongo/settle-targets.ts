import type { ClientSession } from 'mongodb';
import { TargetMerge } from '../../domain/mapping/target-merge';
import type { WriteOf } from './write-of';
import type { ChunkBuilder } from './chunk-builder';
import type { Database } from './database';
import { endRelationshipsOf, endTargets } from './end-objects';
import { contentOf, takeTurn } from './mapping-documents';
import { idToText } from './packed-ids';
import { writeWanted } from './write-mapped';

/** Targets of one transaction. */
const targetsPerChunk = 100;

/**
 * Brings some targets whose contributors changed in jobs of this scope to what their contributors now say of them together, and ends
 * those that have none left. Ends what still leads to entities that have ended meanwhile. @returns how many were taken from the list; 0 when it is empty.
 */
export async function settleSome(
  database: Database,
  { of, chunk, session }: { readonly of: WriteOf; readonly chunk: ChunkBuilder; readonly session: ClientSession },
): Promise<number> {
  const { unsettledTargets, mappings, entities } = database.collections;
  const { account } = of.by.scope;
  const open = await unsettledTargets
    .find({ scopeId: of.by.settlementId }, { session })
    .limit(targetsPerChunk)
    .toArray();
  if (open.length === 0) return 0;
  await takeTurn(database, account, session);
  const ids = open.map(({ target }) => target);
  const live = await entities
    .find(
      { _id: { $in: ids }, _accountId: account, _deleted: false },
      { session, projection: { _key: 1 }, hint: { _id: 1 } },
    )
    .toArray();
  const liveIds = new Set(live.map(({ _id }) => idToText(_id)));
  const ended = ids.filter((id) => !liveIds.has(idToText(id)));
  await endRelationshipsOf(database, { of: { ...of, kind: 'entity' }, chunk, session }, ended);
  const merges = new Map(live.map(({ _id }) => [idToText(_id), new TargetMerge()]));
  const contributors = mappings.find({ targetIds: { $in: ids }, _deleted: false }, { session });
  for await (const mapping of contributors) {
    const { targetEntity } = contentOf(mapping).mapping;
    const contribution = { contributor: idToText(mapping._id), at: mapping.contributedOn, targetEntity };
    for (const id of mapping.targetIds) merges.get(idToText(id))?.add(contribution);
  }
  const withMerge = live.map(({ _id, _key }) => ({ id: _id, key: _key, merge: merges.get(idToText(_id)) }));
  const kept = withMerge.flatMap(({ id, key, merge }) => (merge?.count ? [{ id, key, content: merge.content() }] : []));
  await writeWanted(database, { of, chunk, session }, 'entity', kept);
  const targets = withMerge.filter(({ merge }) => !merge?.count).map(({ id }) => id);
  await endTargets(database, { of, chunk, session, targets });
  await unsettledTargets.deleteMany({ _id: { $in: open.map(({ _id }) => _id) } }, { session });
  return open.length;
}
