import { aliasesOf, type Bound } from '../../../src/domain/query/aliases';
import { checkQuery } from '../../../src/domain/query/check-query';
import type { QueryPolicy } from '../../../src/domain/query/plan/policy';
import type { EntityPattern, Query, Subject } from '../../../src/domain/query/syntax/ast';
import { evaluateList, evaluateTable, type Cell, type Row } from './evaluate-result';
import { holds, literalValue } from './evaluate-filter';
import { pathsOf, type Path } from './evaluate-paths';
import { valueOf, type Entity, type Graph, type GraphObject } from './graph';
import { matches } from './values';

export interface Evaluation {
  readonly now: number;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly includeDeleted?: boolean;
  readonly policies?: readonly QueryPolicy[];
}

export type Answer =
  | { readonly kind: 'list'; readonly entities: readonly Entity[] }
  | { readonly kind: 'table'; readonly rows: readonly Row[] }
  | { readonly kind: 'tree'; readonly vertices: ReadonlySet<string>; readonly edges: ReadonlySet<string> };

/**
 * The answer of a query, computed from its tree in the slowest and plainest way: every path is built, then filtered. It knows no
 * plan, so that plans and engines can be compared with it.
 */
export function evaluate(text: string, graph: Graph, options: Evaluation): Answer {
  return answerOf(checkQuery(text), visiblePart(graph, options), options);
}

/** What a caller may not see does not exist, and neither does what has ended, unless it is asked for. */
function visiblePart({ entities, relationships }: Graph, { includeDeleted = false, policies = [] }: Evaluation): Graph {
  const exists = (object: GraphObject): boolean => includeDeleted || valueOf(object, '_deleted') !== true;
  const isAllowed = (entity: Entity): boolean =>
    policies.every((policy) =>
      policy.some((statement) =>
        Object.entries(statement).every(([key, values]) => matches(valueOf(entity, key), '=', values)),
      ),
    );
  return {
    entities: entities.filter((entity) => exists(entity) && isAllowed(entity)),
    relationships: relationships.filter(exists),
  };
}

function answerOf(query: Query, graph: Graph, options: Evaluation): Answer {
  const { bound } = aliasesOf(query);
  const literal = (node: Parameters<typeof literalValue>[0]) =>
    literalValue(node, options.now, options.variables ?? {});
  const subquery = (inner: Query): readonly Cell[] => {
    const answer = answerOf(inner, graph, options);
    return answer.kind === 'table' ? answer.rows.flatMap((row) => Object.values(row)) : [];
  };
  const readFrom = (path: Path) => (subject: Subject) =>
    subject.kind === 'reference' ? valueOf(objectAt(path, bound.get(subject.alias)), subject.key ?? '') : undefined;
  const passes = (entity: Entity, { filter }: EntityPattern): boolean =>
    filter === undefined ||
    holds(filter, {
      literal,
      subquery,
      read: (subject) => (subject.kind === 'property' ? valueOf(entity, subject.key) : undefined),
    });

  const { where, returns } = query;
  const paths = pathsOf(query, { graph, passes }).filter(
    (path) => where === undefined || holds(where, { literal, subquery, read: readFrom(path) }),
  );
  const world = { literal, subquery, objectOf: (path: Path, alias: string) => objectAt(path, bound.get(alias)) };
  if (returns === undefined) return { kind: 'list', entities: evaluateList(query, paths, world) };
  if (returns.kind === 'columns') return { kind: 'table', rows: evaluateTable(query, paths, world) };
  const objects = paths.flatMap(({ found }) => [...found]);
  return {
    kind: 'tree',
    vertices: new Set(objects.filter(([owner]) => owner.kind === 'entity').map(([, { id }]) => id)),
    edges: new Set(objects.filter(([owner]) => owner.kind === 'hop').map(([, { id }]) => id)),
  };
}

function objectAt(path: Path, bound: Bound | undefined): GraphObject | undefined {
  if (bound === undefined) return undefined;
  return path.found.get(
    bound.kind === 'entity' ? bound.pattern : bound.kind === 'relationship' ? bound.hop : bound.group,
  );
}
