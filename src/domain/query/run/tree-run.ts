import { wireEdge, wireEntity, type WireEdge, type WireEntity } from '../../graph/wire-object';
import { always } from '../plan/predicates';
import { sizeOfBag, sizeOfObjects } from './budget';
import type { FoundRelationship, IdKey } from './graph-reader';
import { pause } from '../../../lib/pause';
import { paged, type Placed } from './positions';
import type { PreparedRun } from './prepared-run';
import type { ResultRow, RunBatch } from './run-plan';
import { pathsOf } from './started-walk';

/** The different entities and relationships of all paths, as one row. */
export function runTree(run: PreparedRun): AsyncIterable<RunBatch> {
  for (const [slot, { kind }] of run.plan.slots.entries()) if (kind === 'relationship') run.wanted.all(slot);
  run.wanted.positions(run.plan);
  const paging = { skip: 0, limit: undefined, from: run.options.from, isOnePerStart: false };
  return paged(treeOf(run), paging, async (rows) => await Promise.resolve(rows));
}

async function* treeOf(run: PreparedRun): AsyncIterable<readonly Placed<ResultRow>[]> {
  const { plan, snapshot, budget, sizes } = run;
  const ids = new Set<IdKey>();
  const edges = new Map<IdKey, FoundRelationship>();
  for await (const paths of pathsOf({ ...run, oncePerStart: false }, { isPaged: false })) {
    for (const { slots } of paths) {
      for (const [slot, object] of slots.entries()) {
        if (object === undefined) continue;
        if (plan.slots[slot]?.kind === 'entity') {
          if (!ids.has(object.id)) budget.hold(80);
          ids.add(object.id);
        } else if ('from' in object && !edges.has(object.id)) {
          budget.hold(80 + sizeOfBag(object.properties));
          edges.set(object.id, object);
        }
      }
    }
  }
  const vertices = new Map<IdKey, WireEntity>();
  const all = [...ids];
  for (let from = 0; from < all.length; from += sizes.page) {
    const part = { ids: all.slice(from, from + sizes.page), predicate: always, wanted: 'all' } as const;
    const read = await snapshot.entitiesById(part);
    budget.hold(sizeOfObjects(read));
    for (const vertex of read) vertices.set(vertex.id, wireEntity(vertex.properties));
  }
  const idOf = (key: IdKey): string => vertices.get(key)?.id ?? '';
  const wireEdges: WireEdge[] = [];
  for (const { properties, from, to } of edges.values()) {
    wireEdges.push(wireEdge(properties, { from: idOf(from), to: idOf(to) }));
    if (wireEdges.length % sizes.page === 0) await pause();
  }
  yield [{ item: { vertices: all.flatMap((id) => vertices.get(id) ?? []), edges: wireEdges }, start: '' }];
}
