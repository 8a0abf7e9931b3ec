import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { GraphReads } from '../../../src/domain/graph/graph-reads';
import type { ObjectKind } from '../../../src/domain/graph/identity';
import { searchedNames, type Selection } from '../../../src/domain/graph/vertex-selection';
import type { FlatObject } from '../../../src/domain/ports';
import type { Predicate } from '../../../src/domain/query/plan/plan';
import { policyPredicate, type QueryPolicy } from '../../../src/domain/query/plan/policy';
import { holds } from '../query/run-predicate';

/** Looks at every object, each time. */
export function memoryGraphReads(
  objects: (kind: ObjectKind) => readonly FlatObject[],
  policies: readonly QueryPolicy[] = [],
): GraphReads {
  const live = (kind: ObjectKind) =>
    objects(kind)
      .filter(({ _deleted }) => _deleted !== true)
      .toSorted((a, b) => (String(a['_id']) < String(b['_id']) ? -1 : 1));
  const entities = () =>
    live('entity').filter((each) => policies.every((one) => satisfies(each, policyPredicate(one, 0))));
  const relationships = () => {
    const ids = new Set(entities().map(({ _id }) => _id));
    return live('relationship').filter((each) => ids.has(each['_fromEntityId']) && ids.has(each['_toEntityId']));
  };
  const selected = ({ predicate, words }: Selection) =>
    entities().filter((each) => satisfies(each, predicate) && words.every((word) => mentions(each, word)));
  const reads: GraphReads = {
    entitiesById: async (ids) => entities().filter(({ _id }) => ids.includes(String(_id))),
    relationshipById: async (id) => relationships().find(({ _id }) => _id === id),
    findEntity: async (selection) => selected(selection)[0],
    findRelationship: async ({ predicate, label }) =>
      relationships().find(
        (each) =>
          satisfies(each, predicate) && (label === undefined || [each['displayName'], each['_class']].includes(label)),
      ),
    relationshipsAt: async (ids, limit) =>
      relationships()
        .filter((each) => ids.includes(String(each['_fromEntityId'])) || ids.includes(String(each['_toEntityId'])))
        .slice(0, limit),
    async list({ selection, sort, size, after }) {
      if (sort.some(({ field }) => field.includes('\0'))) throw new DomainError(ErrorCode.badRequest, 'No such name.');
      const all = selected(selection).toSorted((a, b) => {
        for (const { field, isDescending } of sort) {
          const order = compare(a[field], b[field]);
          if (order !== 0) return isDescending ? -order : order;
        }
        return 0;
      });
      const from = after === undefined ? 0 : Number(Buffer.from(after, 'base64url').toString());
      if (!Number.isInteger(from) || from < 1 !== (after === undefined)) {
        throw new DomainError(ErrorCode.badRequest, '"after" is not the endCursor of a page of this list.');
      }
      const to = from + size;
      return {
        items: all.slice(from, to),
        endCursor: to < all.length ? Buffer.from(String(to)).toString('base64url') : null,
      };
    },
    count: async (selection) => selected(selection).length,
    countByType: async (selection) => tally(selected(selection), '_type'),
    counts: async () => ({ types: tally(entities(), '_type'), classes: tally(entities(), '_class') }),
    propertyNames: async (selection) =>
      [
        ...new Set(
          (selection ? selected(selection) : entities()).flatMap((each) =>
            Object.keys(each).filter((name) => !name.startsWith('_')),
          ),
        ),
      ].sort(),
    propertyValues: async (selection, property) => {
      const counts = new Map<unknown, number>();
      for (const each of selected(selection)) {
        for (const value of [each[property] ?? []].flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return [...counts]
        .map(([value, count]) => ({ value, count }))
        .sort((a, b) => b.count - a.count || compare(a.value, b.value));
    },
  };
  return reads;
}

const satisfies = (object: FlatObject, predicate: Predicate): boolean =>
  holds(predicate, {
    cell: (subject) => (subject.kind === 'property' ? object[subject.key] : undefined),
    object: () => ({ id: String(object['_id']), properties: object }),
    subquery: () => {
      throw new Error('a selection has no subquery');
    },
  });

const mentions = (object: FlatObject, word: string): boolean =>
  searchedNames.some((name) =>
    [object[name]].flat().some((text) => typeof text === 'string' && text.toLowerCase().includes(word)),
  );

/** Absent values first, as in MongoDB. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === undefined || a === null) return -1;
  if (b === undefined || b === null) return 1;
  return a < b ? -1 : 1;
}

function tally(all: readonly FlatObject[], name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of all.flatMap((each) => [each[name] ?? []].flat().map(String))) {
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}
