import type { GraphDocument } from '../../../src/adapters/mongo/collections';
import type { Database } from '../../../src/adapters/mongo/database';
import { idFromText } from '../../../src/adapters/mongo/packed-ids';
import { encodePropertyName } from '../../../src/adapters/mongo/property-names';
import type { Graph, GraphObject } from './graph';

/** Puts a graph with UUIDs into the collections as the graph writer would have, but at once. */
export async function loadGraph({ collections }: Database, account: string, graph: Graph): Promise<void> {
  const { entities, relationships } = documentsOf(account, graph);
  if (entities.length > 0) await collections.entities.insertMany(entities);
  if (relationships.length > 0) await collections.relationships.insertMany(relationships);
}

/** The documents of a graph with UUIDs. */
export function documentsOf(account: string, { entities, relationships }: Graph) {
  return {
    entities: entities.map((entity) => documentOf(account, entity)),
    relationships: relationships.map((relationship) => ({
      ...documentOf(account, relationship),
      _fromEntityId: idFromText(relationship.from),
      _toEntityId: idFromText(relationship.to),
    })),
  };
}

function documentOf(account: string, { id, properties }: GraphObject): GraphDocument {
  return {
    ...stored,
    _accountId: account,
    ...Object.fromEntries(Object.entries(properties).map(([name, value]) => [encodePropertyName(name), value])),
    _id: idFromText(id),
  } as unknown as GraphDocument;
}

const stored = { _source: 'api', _scope: '', _version: 1, _createdOn: 1, _beginOn: 1, _deleted: false };
