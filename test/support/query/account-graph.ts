import { valueOf, type Graph } from './graph';
import { withUuids as renamed } from './uuid-graph';

/** The same graph with ids as they are stored, of one account; an entity that is deleted takes its relationships with it. */
export function withUuids({ entities, relationships }: Graph, account: string): Graph {
  const ended = new Set(entities.filter((entity) => valueOf(entity, '_deleted') === true).map(({ id }) => id));
  const consistent = relationships.map((each) =>
    ended.has(each.from) || ended.has(each.to) ? { ...each, properties: { ...each.properties, _deleted: true } } : each,
  );
  return renamed({ entities, relationships: consistent }, `${account}/`);
}
