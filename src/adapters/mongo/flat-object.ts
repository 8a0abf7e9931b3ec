import { Binary } from 'mongodb';
import type { FlatObject } from '../../domain/ports';
import type { GraphDocument, VersionDocument } from './collections';
import { idToText } from './packed-ids';
import { decodePropertyName } from './property-names';

/** Stored form → JupiterOne's flat form: text ids, original property names, no members of our own. */
export function toFlatObject(
  document: GraphDocument | VersionDocument,
  { latest }: { readonly latest: boolean },
): FlatObject {
  const flat: Record<string, unknown> = {};
  for (const name in document) {
    if (name === '_overrides' || name === '_touched') continue;
    const value: unknown = document[name];
    flat[decodePropertyName(name)] = value instanceof Binary ? idToText(value) : value;
  }
  const { _id } = document;
  return { ...flat, _id: idToText(_id instanceof Binary ? _id : _id.id), _latest: latest };
}
