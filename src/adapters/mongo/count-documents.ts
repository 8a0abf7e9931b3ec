import { ObjectId } from 'mongodb';
import { CountTally, type GraphCounts, type KindCounts } from '../../domain/graph/entity-counts';
import type { ObjectKind } from '../../domain/graph/identity';
import type { CountsDocument, GraphDocument, StoredCounts } from './collections';

/** Types and classes of one document of a base: 16 MB hold them even if their names are long. */
const maxNames = 10_000;

export const classesOf = ({ _class }: Pick<GraphDocument, '_class'>): readonly string[] =>
  typeof _class === 'string' ? [_class] : (_class ?? []);

/** What a transaction changes, as one document of its own: transactions that run at the same time do not meet in it. */
export function deltaDocument(account: string, changes: GraphCounts): CountsDocument {
  const { entity, relationship } = changes;
  return { _id: { account, delta: new ObjectId() }, account, ...store({ entity, relationship }) };
}

/** The first part says that there is a base, the others hold what is too much for one document. */
export function baseDocuments(account: string, counts: GraphCounts): CountsDocument[] {
  const parts = [...Array(Math.max(1, ...kinds.map((kind) => partsOf(counts[kind])))).keys()];
  return parts.map((part) => ({
    _id: { account, base: part },
    account,
    ...store({ entity: partOf(counts.entity, part), relationship: partOf(counts.relationship, part) }),
  }));
}

const kinds: readonly ObjectKind[] = ['entity', 'relationship'];
const partsOf = ({ types, classes }: KindCounts): number => Math.ceil(Math.max(types.size, classes.size) / maxNames);

function partOf({ total, types, classes }: KindCounts, part: number): KindCounts {
  if (part === 0 && types.size <= maxNames && classes.size <= maxNames) return { total, types, classes };
  const slice = (counts: ReadonlyMap<string, number>) =>
    new Map([...counts].slice(part * maxNames, (part + 1) * maxNames));
  return { total: part === 0 ? total : 0, types: slice(types), classes: slice(classes) };
}

const store = (counts: GraphCounts): Record<ObjectKind, StoredCounts> => ({
  entity: storeKind(counts.entity),
  relationship: storeKind(counts.relationship),
});

/** Names are values, because a field cannot have every name. */
const storeKind = ({ total, types, classes }: KindCounts): StoredCounts => ({
  total,
  types: [...types],
  classes: [...classes],
});

const nothing: StoredCounts = { total: 0, types: [], classes: [] };

/** @param documents those that were read without one kind add nothing to it */
export function sumOf(documents: readonly (Pick<CountsDocument, '_id'> & Partial<CountsDocument>)[]): CountTally {
  const sum = new CountTally();
  const read = ({ total, types, classes }: StoredCounts): KindCounts => ({
    total,
    types: new Map(types),
    classes: new Map(classes),
  });
  for (const { entity = nothing, relationship = nothing } of documents) {
    sum.addAll({ entity: read(entity), relationship: read(relationship) });
  }
  return sum;
}
