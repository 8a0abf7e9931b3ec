import { BSON } from 'mongodb';
import type { KindCounts } from '../../../domain/graph/entity-counts';
import type { Predicate } from '../../../domain/query/plan/plan';
import { sumOf } from '../count-documents';
import type { CountsDocument } from '../collections';
import { eachDocument } from './bson-reply';
import { equalityOf } from './entity-access';
import type { ReadSession } from './read-session';

/** How many live entities the counters say satisfy a predicate; undefined where they do not speak of it. */
export function countedBy(predicate: Predicate): ((counts: KindCounts) => number) | undefined {
  if (predicate.kind === 'all' && predicate.of.length === 0) return ({ total }) => total;
  if (predicate.kind === 'any' && predicate.of.length === 0) return () => 0;
  const equality = equalityOf(predicate);
  if (equality?.key === '_type') return ({ types }) => sum(equality.values.map((type) => types.get(type as string)));
  // An entity of two of the classes counts in both.
  if (equality?.key !== '_class' || equality.values.length !== 1) return undefined;
  return ({ classes }) => classes.get(equality.values[0] as string) ?? 0;
}

const sum = (counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((total, count) => total + (count ?? 0), 0);

/** The counters of entities as the snapshot sees them; undefined where the account had none yet. */
export async function readCounts(session: ReadSession, account: string): Promise<KindCounts | undefined> {
  const documents: CountsDocument[] = [];
  for (const batch of await session.all({
    find: 'objectCounts',
    filter: { account },
    projection: { relationship: 0 },
  })) {
    eachDocument(batch, (bytes, at) => {
      const document = bytes.subarray(at, at + bytes.readInt32LE(at));
      documents.push(BSON.deserialize(document) as CountsDocument);
    });
  }
  return documents.some(({ _id }) => 'base' in _id) ? sumOf(documents).entity : undefined;
}
