import type { EntityPattern, Hop, Name, OptionalGroup, Query } from './syntax/ast';
import { stepsOf } from './walk';

/** What an alias names. A position is where a path stands after an optional group. */
export type Bound =
  | { readonly kind: 'entity'; readonly pattern: EntityPattern }
  | { readonly kind: 'relationship'; readonly hop: Hop }
  | { readonly kind: 'position'; readonly group: OptionalGroup };

export interface Aliases {
  /** In the order of the text; first those written with AS. */
  readonly bound: ReadonlyMap<string, Bound>;
  /** Those of AS that were taken already. */
  readonly repeated: readonly Name[];
}

/**
 * The names that a query can speak of. Without AS a single class, type or verb is its own name, as written, unless it occurs
 * twice. With AS, or in parentheses, it is not.
 */
export function aliasesOf(query: Query): Aliases {
  const bound = new Map<string, Bound>();
  const repeated: Name[] = [];
  const defaults = new Map<string, Bound | undefined>();
  for (const [name, what] of boundBy(query)) {
    if (name === undefined) {
      const own = defaultName(what);
      if (own !== undefined) defaults.set(own, defaults.has(own) ? undefined : what);
    } else if (bound.has(name.name)) repeated.push(name);
    else bound.set(name.name, what);
  }
  for (const [name, what] of defaults) if (what && !bound.has(name)) bound.set(name, what);
  return { bound, repeated };
}

function* boundBy(query: Query): Iterable<readonly [Name | undefined, Bound]> {
  yield [query.start.alias, { kind: 'entity', pattern: query.start }];
  for (const step of stepsOf(query.steps)) {
    if (step.kind === 'optional') {
      if (step.alias) yield [step.alias, { kind: 'position', group: step }];
    } else {
      yield [step.alias, { kind: 'relationship', hop: step }];
      yield [step.entity.alias, { kind: 'entity', pattern: step.entity }];
    }
  }
}

function defaultName(what: Bound): string | undefined {
  if (what.kind === 'position') return undefined;
  if (what.kind === 'relationship') {
    const [verb] = what.hop.verbs;
    return what.hop.isListed ? undefined : verb?.name;
  }
  const { selectors, isListed } = what.pattern;
  const [selector] = selectors;
  return !isListed && (selector?.kind === 'class' || selector?.kind === 'type') ? selector.name : undefined;
}

/** `"User", "Person"`, as JupiterOne lists the names that would do. */
export const quoteNames = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');
