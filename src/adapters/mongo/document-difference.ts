import { Binary, type UpdateFilter } from 'mongodb';
import type { GraphDocument } from './collections';

/**
 * The update that makes `before` what `after` is, field by field: MongoDB then writes to its journal and to the oplog what has
 * changed, and not the whole document. `_id` stays.
 */
export function documentDifference(before: GraphDocument, after: GraphDocument): UpdateFilter<GraphDocument> {
  const set: Record<string, unknown> = {};
  const unset: Record<string, ''> = {};
  for (const name in after) {
    if (name !== '_id' && !isSame(before[name], after[name])) set[name] = after[name];
  }
  for (const name in before) if (!Object.hasOwn(after, name)) unset[name] = '';
  return { $set: set, ...(Object.keys(unset).length > 0 && { $unset: unset }) } as UpdateFilter<GraphDocument>;
}

/** False where it is not certain: what is written once more does no harm. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return !Object.is(a, -0) && !Object.is(b, -0);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  return (
    a instanceof Binary && b instanceof Binary && a.sub_type === b.sub_type && a.toString('hex') === b.toString('hex')
  );
}
