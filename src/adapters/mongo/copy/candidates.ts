import type { Predicate, Scalar } from '../../../domain/query/plan/plan';
import { all } from '../../../domain/query/plan/predicates';
import { equalityOf } from '../query/entity-access';
import type { EntityCopy } from './entity-copy';
import type { IdIndex } from './id-index';

/** Slots in the order of their ids among which all entities of a predicate are, and what has to be true of those that are live. */
export function candidatesOf(
  predicate: Predicate,
  entities: EntityCopy,
): { readonly slots: Uint32Array; readonly rest: Predicate } {
  const members = predicate.kind === 'all' ? predicate.of : [predicate];
  let best: { readonly slots: Uint32Array; readonly member: Predicate } | undefined;
  for (const member of members) {
    const slots = listed(member, entities);
    if (slots && (!best || slots.length < best.slots.length)) best = { slots, member };
  }
  if (!best) return { slots: entities.all.inOrder(), rest: predicate };
  const { slots, member } = best;
  const isSaid = exactPosting(member, entities);
  return { slots, rest: isSaid ? all(members.filter((each) => each !== member)) : predicate };
}

/** Whether the list of a class or type has no others. */
function exactPosting(predicate: Predicate, entities: EntityCopy): boolean {
  const { key, values } = equalityOf(predicate) ?? {};
  const [value, ...others] = values ?? [];
  if (typeof value !== 'string' || others.length > 0) return false;
  if (key === '_class') return entities.ofClass(value)?.isExact ?? true;
  return key === '_type' && (entities.ofType(value)?.isExact ?? true);
}

/** Undefined where no list speaks of the predicate. */
function listed(predicate: Predicate, entities: EntityCopy): Uint32Array | undefined {
  const equality = equalityOf(predicate);
  if (equality) return withValues(equality.key, equality.values, entities);
  if (predicate.kind === 'all') {
    return predicate.of
      .map((each) => listed(each, entities))
      .reduce((best, each) => (each && (!best || each.length < best.length) ? each : best), undefined);
  }
  if (predicate.kind !== 'any') return undefined;
  const lists: Uint32Array[] = [];
  for (const each of predicate.of) {
    const list = listed(each, entities);
    if (!list) return undefined;
    lists.push(list);
  }
  return union(lists, entities.ids);
}

function withValues(key: string, values: readonly Scalar[], entities: EntityCopy): Uint32Array | undefined {
  const lists = (of: (value: string) => Uint32Array | undefined): Uint32Array =>
    union(
      values.flatMap((value) => (typeof value === 'string' ? (of(value) ?? []) : [])),
      entities.ids,
    );
  switch (key) {
    case '_id':
      return lists((id) => oneOf(entities.slotOf(id)));
    case '_key':
      return lists((text) => {
        const { ids } = entities;
        return Uint32Array.from(entities.withKey(text)).sort((a, b) => ids.compare(a, b));
      });
    case '_type':
      return lists((type) => entities.ofType(type)?.inOrder());
    case '_class':
      return lists((name) => entities.ofClass(name)?.inOrder());
    default:
      return undefined;
  }
}

const oneOf = (slot: number): Uint32Array | undefined => (slot < 0 ? undefined : Uint32Array.of(slot));

/** Of lists in order: pairs are merged until one is left. */
function union(lists: readonly Uint32Array[], ids: IdIndex): Uint32Array {
  const [first, second] = lists;
  if (!first) return new Uint32Array(0);
  if (!second) return first;
  const merged: Uint32Array[] = [];
  for (let at = 0; at < lists.length; at += 2) {
    const [a, b] = [lists[at] as Uint32Array, lists[at + 1]];
    merged.push(b ? mergeTwo(a, b, ids) : a);
  }
  return union(merged, ids);
}

function mergeTwo(a: Uint32Array, b: Uint32Array, ids: IdIndex): Uint32Array {
  const merged = new Uint32Array(a.length + b.length);
  let [i, j, size] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const order = ids.compare(a[i] as number, b[j] as number);
    merged[size++] = (order <= 0 ? a[i] : b[j]) as number;
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  merged.set(a.subarray(i), size);
  size += a.length - i;
  merged.set(b.subarray(j), size);
  size += b.length - j;
  return merged.subarray(0, size);
}
