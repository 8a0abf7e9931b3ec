import type { EntityPattern, Hop, OptionalGroup, Query, Selector, Step } from '../../../src/domain/query/syntax/ast';
import { valueOf, type Entity, type Graph, type GraphObject, type Relationship } from './graph';
import { hasWords, matches } from './values';

type Owner = EntityPattern | Hop | OptionalGroup;

/** One way through the pattern of a query. */
export interface Path {
  /** What each part of the query has found, and for a group with an alias the entity where the path stands after it. */
  readonly found: ReadonlyMap<Owner, GraphObject>;
  readonly position: Entity;
  readonly used: ReadonlySet<Relationship>;
  readonly skipped: ReadonlySet<OptionalGroup>;
}

export interface PathWorld {
  /** Only what the query may see. */
  readonly graph: Graph;
  readonly passes: (entity: Entity, pattern: EntityPattern) => boolean;
}

/** All paths, each once, in the words of docs/j1ql.md. */
export function pathsOf(query: Query, world: PathWorld): readonly Path[] {
  const starts = world.graph.entities
    .filter((entity) => isMatch(entity, query.start, world))
    .map((entity) => pathFrom(entity, new Map([[query.start, entity]])));
  const paths = starts.flatMap((path) => walk(path, query.steps, world));
  const different = [...new Map(paths.map((path) => [identityOfPath(path), path])).values()];
  const trailing = new Set(trailingGroups(query.steps));
  if (trailing.size === 0) return different;
  const enclosing = groupsAround(query.steps);
  const sizes = new Map(different.map((path) => [path, partsOf(path.found).length]));
  const sizeOf = (path: Path): number => sizes.get(path) ?? 0;
  return different.filter(
    (path) => !different.some((other) => sizeOf(other) > sizeOf(path) && bindsMore(other, path, enclosing, trailing)),
  );
}

const pathFrom = (entity: Entity, found: Path['found']): Path => ({
  found,
  position: entity,
  used: new Set(),
  skipped: new Set(),
});

function walk(path: Path, steps: readonly Step[], world: PathWorld): readonly Path[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [path];
  if (step.kind === 'optional') {
    const skipped = { ...path, skipped: new Set([...path.skipped, step]) };
    const both = [...walk(path, step.steps, world), skipped].map((each) => withGroup(each, step));
    return both.flatMap((each) => walk(each, rest, world));
  }
  if (!step.isNegated) return hop(path, step, world).flatMap((each) => walk(each, rest, world));
  // The negation takes in all hops up to the next group. The edge that led here counts for it.
  const end = rest.findIndex(({ kind }) => kind === 'optional');
  const chain = end === -1 ? rest : rest.slice(0, end);
  const elsewhere = hop(pathFrom(path.position, new Map()), step, world).flatMap((each) => walk(each, chain, world));
  return elsewhere.length > 0 ? [] : walk(path, end === -1 ? [] : rest.slice(end), world);
}

const withGroup = (path: Path, group: OptionalGroup): Path =>
  group.alias ? { ...path, found: new Map([...path.found, [group, path.position]]) } : path;

function hop(path: Path, step: Hop, world: PathWorld): readonly Path[] {
  const verbs = step.verbs.map(({ name }) => name.toUpperCase());
  const here = path.position.id;
  return world.graph.relationships
    .filter((edge) => !path.used.has(edge))
    .filter((edge) => verbs.length === 0 || verbs.includes(String(valueOf(edge, '_class')).toUpperCase()))
    .flatMap((edge) => {
      const ends = new Set<string>();
      if (step.direction !== 'in' && edge.from === here) ends.add(edge.to);
      if (step.direction !== 'out' && edge.to === here) ends.add(edge.from);
      return world.graph.entities
        .filter((entity) => ends.has(entity.id) && isMatch(entity, step.entity, world))
        .map((entity): Path => ({
          ...path,
          found: new Map<Owner, GraphObject>([...path.found, [step, edge], [step.entity, entity]]),
          position: entity,
          used: new Set([...path.used, edge]),
        }));
    });
}

function isMatch(entity: Entity, pattern: EntityPattern, world: PathWorld): boolean {
  const { fullText, selectors } = pattern;
  if (fullText !== undefined && !hasWords(entity.properties, fullText.toLowerCase().split(/\s+/).filter(Boolean)))
    return false;
  return (
    (selectors.length === 0 || selectors.some((selector) => selects(selector, entity))) && world.passes(entity, pattern)
  );
}

function selects(selector: Selector, entity: Entity): boolean {
  switch (selector.kind) {
    case 'any':
      return true;
    case 'class':
      return matches(valueOf(entity, '_class'), '=', selector.name);
    case 'type':
      return matches(valueOf(entity, '_type'), '=', selector.name);
    case 'smartClass': {
      const isMember =
        matches(valueOf(entity, `tag.${selector.name}`), '=', true) ||
        matches(valueOf(entity, 'tags'), '=', selector.name);
      return isMember && (selector.within.length === 0 || selector.within.some((inner) => selects(inner, entity)));
    }
  }
}

/** The combination of entities and relationships that a path is. */
function identityOfPath({ found }: Path): string {
  return (
    partsOf(found)
      .map(([, object]) => object.id)
      .join('\n') +
    partsOf(found)
      .map(([owner]) => owner.at.from)
      .join(',')
  );
}

const partsOf = (found: Path['found']) =>
  [...found].filter(([owner]) => owner.kind !== 'optional').toSorted(([a], [b]) => a.at.from - b.at.from);

/** Whether `more` has all that `less` has, and beyond that only what stands in trailing groups that `less` skipped. */
function bindsMore(
  more: Path,
  less: Path,
  around: ReadonlyMap<Owner, readonly OptionalGroup[]>,
  trailing: ReadonlySet<OptionalGroup>,
): boolean {
  const [wide, narrow] = [partsOf(more.found), partsOf(less.found)];
  if (wide.length <= narrow.length) return false;
  if (narrow.some(([owner, object]) => more.found.get(owner) !== object)) return false;
  return wide
    .filter(([owner]) => !less.found.has(owner))
    .every(([owner]) => {
      const skipped = around.get(owner)?.find((group) => less.skipped.has(group));
      return skipped !== undefined && trailing.has(skipped);
    });
}

/** Groups behind which nothing has to be walked. */
function trailingGroups(steps: readonly Step[]): readonly OptionalGroup[] {
  const groups: OptionalGroup[] = [];
  for (const step of steps.toReversed()) {
    if (step.kind === 'hop') break;
    groups.push(step, ...trailingGroups(step.steps));
  }
  return groups;
}

/** The groups that each part stands in, outermost first. */
function groupsAround(
  steps: readonly Step[],
  outer: readonly OptionalGroup[] = [],
): ReadonlyMap<Owner, readonly OptionalGroup[]> {
  const around = new Map<Owner, readonly OptionalGroup[]>();
  for (const step of steps) {
    if (step.kind === 'hop') around.set(step, outer).set(step.entity, outer);
    else for (const [owner, groups] of groupsAround(step.steps, [...outer, step])) around.set(owner, groups);
  }
  return around;
}
