import type { ClientSession } from 'mongodb';
import type { PropertyValue } from '../../domain/graph/object-content';
import type { GraphDocument } from './collections';
import type { Database } from './database';
import { readState } from './graph-document';

/**
 * What the owner of an entity last said of a property before it was pinned: the newest ended version in which it was not. Later words
 * of the owner are not known, as pinned values hide them.
 */
export async function ownerEarlier(
  { collections }: Database,
  current: GraphDocument,
  session: ClientSession,
): Promise<(name: string) => PropertyValue | undefined> {
  const open = new Set(Object.keys(readState(current).overrides ?? {}));
  const values = new Map<string, PropertyValue | undefined>();
  if (open.size > 0) {
    const { _id: id, _version: version } = current;
    const range = { $gte: { id, version: 0 }, $lt: { id, version } };
    const earlier = collections.entityVersions.find({ _id: range }, { session, hint: { _id: 1 } }).sort({ _id: -1 });
    for await (const document of earlier) {
      const { properties, overrides } = readState({ ...document, _id: id });
      for (const name of open) {
        if (overrides && Object.hasOwn(overrides, name)) continue;
        open.delete(name);
        values.set(name, Object.hasOwn(properties, name) ? properties[name] : undefined);
      }
      if (open.size === 0) break;
    }
  }
  return (name) => values.get(name);
}
