import { idToKey, isUuid, uuidToBytes } from '../../../src/domain/graph/identity';
import type { Predicate } from '../../../src/domain/query/plan/plan';
import type {
  FoundObject,
  FoundRelationship,
  GraphReader,
  GraphSnapshot,
  IdKey,
  ReadReport,
  Wanted,
} from '../../../src/domain/query/run/graph-reader';
import { valueOf, type Graph, type GraphObject } from './graph';
import { holds } from './run-predicate';

/** A graph in memory behind the port of the engine. UUIDs become keys of bytes; short ids of tests stand for themselves. */
export class MemoryGraphReader implements GraphReader {
  private readonly snapshots = new Map<boolean, IndexedGraph>();
  /** Reads since it was made. */
  readonly reads: ReadReport[] = [];

  constructor(private readonly graph: Graph) {}

  async open({ includeDeleted, signal }: Parameters<GraphReader['open']>[0]): Promise<GraphSnapshot> {
    const known = this.snapshots.get(includeDeleted) ?? new IndexedGraph(this.graph, includeDeleted);
    this.snapshots.set(includeDeleted, known);
    return await Promise.resolve(new MemorySnapshot(known, signal, this.reads));
  }
}

const keyOf = (id: string): IdKey => (isUuid(id) ? idToKey(uuidToBytes(id)) : id);
const byId = (a: FoundObject, b: FoundObject): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

class IndexedGraph {
  readonly entities: readonly FoundObject[];
  readonly byId: ReadonlyMap<IdKey, FoundObject>;
  readonly out = new Map<IdKey, FoundRelationship[]>();
  readonly in = new Map<IdKey, FoundRelationship[]>();

  constructor({ entities, relationships }: Graph, includeDeleted: boolean) {
    const exists = (object: GraphObject): boolean => includeDeleted || valueOf(object, '_deleted') !== true;
    this.entities = entities
      .filter(exists)
      .map(({ id, properties }) => ({ id: keyOf(id), properties }))
      .toSorted(byId);
    this.byId = new Map(this.entities.map((entity) => [entity.id, entity]));
    for (const relationship of relationships.filter(exists)) {
      const { id, properties, from, to } = relationship;
      const found = { id: keyOf(id), properties, from: keyOf(from), to: keyOf(to) };
      // A relationship ends with either of its entities.
      if (!this.byId.has(found.from) || !this.byId.has(found.to)) continue;
      for (const [ends, end] of [[this.out, found.from] as const, [this.in, found.to] as const]) {
        const at = ends.get(end);
        if (at) at.push(found);
        else ends.set(end, [found]);
      }
    }
  }
}

class MemorySnapshot implements GraphSnapshot {
  readonly time = 'memory';

  constructor(
    private readonly graph: IndexedGraph,
    private readonly signal: AbortSignal,
    readonly reads: ReadReport[],
  ) {}

  async *entities(request: Parameters<GraphSnapshot['entities']>[0]): ReturnType<GraphSnapshot['entities']> {
    const { predicate, wanted, after, pageSize } = request;
    let page: FoundObject[] = [];
    for (const entity of this.graph.entities) {
      if ((after !== undefined && entity.id <= after) || !isMatch(entity, predicate)) continue;
      page.push(shown(entity, wanted));
      if (page.length < pageSize) continue;
      yield this.read('entities', page);
      page = [];
    }
    await Promise.resolve();
    if (page.length > 0) yield this.read('entities', page);
  }

  async entitiesById({ ids, predicate, wanted }: Parameters<GraphSnapshot['entitiesById']>[0]) {
    if (new Set(ids).size !== ids.length) throw new Error('ids are asked for twice');
    const found = ids.flatMap((id) => this.graph.byId.get(id) ?? []).filter((entity) => isMatch(entity, predicate));
    return await Promise.resolve(this.read('entitiesById', found.map((entity) => shown(entity, wanted)).reverse()));
  }

  async relationships({ at, classes, direction, wanted }: Parameters<GraphSnapshot['relationships']>[0]) {
    if (new Set(at).size !== at.length) throw new Error('ids are asked for twice');
    const found = new Set<FoundRelationship>();
    for (const id of at) {
      for (const each of direction === 'in' ? [] : (this.graph.out.get(id) ?? [])) found.add(each);
      for (const each of direction === 'out' ? [] : (this.graph.in.get(id) ?? [])) found.add(each);
    }
    const isWanted = ({ properties }: FoundRelationship): boolean =>
      classes.length === 0 || classes.includes(String(properties['_class']).toUpperCase());
    const kept = [...found].filter(isWanted).map((each) => ({ ...each, ...shown(each, wanted) }));
    return await Promise.resolve(this.read('relationships', kept.reverse()));
  }

  /** Knows how many there are of one class or type. */
  async count(predicate: Predicate): Promise<number | undefined> {
    const isKnown =
      predicate.kind === 'compare' &&
      predicate.subject.kind === 'property' &&
      ['_class', '_type'].includes(predicate.subject.key);
    if (!isKnown) return await Promise.resolve(undefined);
    const counted = this.read(
      'count',
      this.graph.entities.filter((entity) => isMatch(entity, predicate)),
    );
    return await Promise.resolve(counted.length);
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  private read<Found>(read: ReadReport['read'], found: readonly Found[]): readonly Found[] {
    this.signal.throwIfAborted();
    this.reads.push({ read, index: 'memory', rows: found.length, ms: 0 });
    return found;
  }
}

export function isMatch(entity: FoundObject, predicate: Predicate): boolean {
  return holds(predicate, {
    cell: (subject) => (subject.kind === 'property' ? valueOf(entity, subject.key) : undefined),
    object: () => entity,
    subquery: () => {
      throw new Error('a subquery has come to the reader');
    },
  });
}

/** What was not asked for does not come, so that an engine that forgets to ask is found out. */
function shown(object: FoundObject, wanted: Wanted): FoundObject {
  if (wanted === 'all') return object;
  const properties = Object.fromEntries(
    wanted.flatMap((key) => (Object.hasOwn(object.properties, key) ? [[key, object.properties[key]]] : [])),
  );
  return { id: object.id, properties };
}
