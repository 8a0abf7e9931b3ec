import type { Binary } from 'mongodb';
import type { NewState, ObjectState } from '../../domain/graph/decide-change';
import type { ObjectKind, Scope } from '../../domain/graph/identity';
import type { Properties, PropertyValue } from '../../domain/graph/object-content';
import type { GraphDocument } from './collections';
import { idFromText, idToText } from './packed-ids';
import { decodePropertyName, encodePropertyName } from './property-names';

export interface Ownership {
  readonly scope: Scope;
  readonly integrationInstanceId: string | null;
}

/** What stays with an object whatever its content is. */
export interface Lineage {
  readonly key: string;
  readonly version: number;
  readonly createdOn: number;
  readonly beginOn: number;
}

export function buildDocument(request: {
  readonly id: Binary;
  readonly kind: ObjectKind;
  readonly owner: Ownership;
  readonly lineage: Lineage;
  readonly state: NewState;
  /** Keys of the ends as uploaded, kept for display. */
  readonly endKeys?: { readonly from?: string | undefined; readonly to?: string | undefined };
}): GraphDocument {
  const { id, kind, owner, lineage, state, endKeys } = request;
  const document: GraphDocument = {
    _id: id,
    _accountId: owner.scope.account,
    _source: owner.scope.source,
    _scope: owner.scope.scope,
    _key: lineage.key,
    _type: state.type,
    _class: kind === 'entity' ? state.classes : (state.classes[0] ?? null),
    _version: lineage.version,
    _createdOn: lineage.createdOn,
    _beginOn: lineage.beginOn,
    _deleted: false,
  };
  if (owner.integrationInstanceId !== null) document._integrationInstanceId = owner.integrationInstanceId;
  if (state.fromId !== undefined) document._fromEntityId = idFromText(state.fromId);
  if (state.toId !== undefined) document._toEntityId = idFromText(state.toId);
  if (endKeys?.from !== undefined) document._fromEntityKey = endKeys.from;
  if (endKeys?.to !== undefined) document._toEntityKey = endKeys.to;
  if (state.overrides) document._overrides = encodeNames(state.overrides);
  for (const name in state.properties) document[encodePropertyName(name)] = state.properties[name];
  return document;
}

export function readState(document: GraphDocument): ObjectState {
  const properties: Record<string, PropertyValue> = {};
  for (const name in document) {
    if (name.charCodeAt(0) !== 95 /* _ */) properties[decodePropertyName(name)] = document[name] as PropertyValue;
  }
  const { _class, _fromEntityId, _toEntityId, _overrides } = document;
  return {
    type: document._type,
    classes: typeof _class === 'string' ? [_class] : (_class ?? []),
    properties,
    fromId: _fromEntityId && idToText(_fromEntityId),
    toId: _toEntityId && idToText(_toEntityId),
    overrides: _overrides && (decodeNames(_overrides) as Properties),
    isDeleted: document._deleted,
  };
}

const encodeNames = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [encodePropertyName(name), value]));

const decodeNames = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [decodePropertyName(name), value]));
