import type { ClientSession } from 'mongodb';
import { CountTally } from '../../domain/graph/entity-counts';
import type { ObjectKind } from '../../domain/graph/identity';
import type { ChunkBuilder } from './chunk-builder';
import type { GraphDocument } from './collections';
import { classesOf } from './count-documents';
import type { Database } from './database';
import { entityOrders } from './indexes';

/** Counts live objects that are about to end, where nobody has read them. */
export async function countEnding(
  database: Database,
  request: {
    readonly kind: ObjectKind;
    readonly ids: readonly GraphDocument['_id'][];
    readonly chunk: ChunkBuilder;
    readonly session: ClientSession;
  },
): Promise<void> {
  const { kind, ids, chunk, session } = request;
  if (ids.length === 0) return;
  const filter = { _id: { $in: [...ids] }, _deleted: false };
  for await (const { _id, count } of grouped(database, kind, filter, { session, hint: { _id: 1 } })) {
    chunk.counted.add(kind, _id.type, classesOf({ _class: _id.class }), -count);
  }
}

/** Counts all live objects of an account as a session sees them. */
export async function countAll(database: Database, account: string, session: ClientSession): Promise<CountTally> {
  const counts = new CountTally();
  const filter = { _accountId: account, _deleted: false };
  for (const kind of ['entity', 'relationship'] as const) {
    const hint = kind === 'entity' ? entityOrders.type : { _accountId: 1, _type: 1 };
    const options = { session, hint, allowDiskUse: true };
    for await (const { _id, count } of grouped(database, kind, filter, options)) {
      counts.add(kind, _id.type, classesOf({ _class: _id.class }), count);
    }
  }
  return counts;
}

interface Group {
  readonly _id: { readonly type: string; readonly class: GraphDocument['_class'] };
  readonly count: number;
}

function grouped({ collections }: Database, kind: ObjectKind, filter: object, options: object) {
  const graph = kind === 'entity' ? collections.entities : collections.relationships;
  return graph.aggregate<Group>(
    [{ $match: filter }, { $group: { _id: { type: '$_type', class: '$_class' }, count: { $sum: 1 } } }],
    options,
  );
}
