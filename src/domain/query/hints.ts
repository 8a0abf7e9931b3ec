import { nearest } from '../../lib/nearest';
import type { KindCounts } from '../graph/entity-counts';
import type { NodePlan, Predicate, QueryPlan, StepPlan } from './plan/plan';
import { policyPredicate, type QueryPolicy } from './plan/policy';
import { all } from './plan/predicates';
import { subjectsOf } from './plan/subjects';
import type { GraphSnapshot } from './run/graph-reader';

/** Names that live entities have. */
export type KnownNames = Pick<KindCounts, 'classes' | 'types'>;

/** Metadata that objects need not have. */
const metadata = /^_/;

/**
 * Sentences about classes and types that no entity has, and about properties that none of the entities a part means has. What the
 * policies hide is as if it were not there.
 */
export async function hintsOn(
  plan: QueryPlan,
  {
    snapshot,
    names,
    policies,
  }: { readonly snapshot: GraphSnapshot; readonly names: KnownNames; readonly policies: readonly QueryPolicy[] },
): Promise<readonly string[]> {
  const hints: string[] = [];
  for (const { predicate, slot } of nodesOf(plan)) {
    const named = conjunctsOf(predicate).filter((part) => isSelector(part));
    const unknown = policies.length > 0 ? [] : namesIn(named).filter(({ kind, name }) => !names[kind].has(name));
    for (const { kind, name } of unknown) {
      const near = nearest(name, names[kind].keys());
      const what = kind === 'classes' ? 'class' : 'type';
      hints.push(`No entity has the ${what} "${name}"${near === undefined ? '.' : `; did you mean "${near}"?`}`);
    }
    if (unknown.length > 0) continue;
    for (const key of new Set(keysOf(predicate))) {
      if (metadata.test(key)) continue;
      const selector = all([...named, ...policies.map((policy) => policyPredicate(policy, slot))]);
      const hint = await hintOnProperty(key, { slot, selector, snapshot });
      if (hint !== undefined) hints.push(hint);
    }
  }
  return [...new Set(hints)];
}

async function hintOnProperty(
  key: string,
  {
    slot,
    selector,
    snapshot,
  }: { readonly slot: number; readonly selector: Predicate; readonly snapshot: GraphSnapshot },
): Promise<string | undefined> {
  const has: Predicate = { kind: 'not', of: { kind: 'absent', subject: { kind: 'property', slot, key } } };
  for await (const page of snapshot.entities({ predicate: all([selector, has]), wanted: [], pageSize: 1 })) {
    if (page.length > 0) return undefined;
  }
  for await (const [example] of snapshot.entities({ predicate: selector, wanted: 'all', pageSize: 1 })) {
    if (example === undefined) continue;
    const near = nearest(key, Object.keys(example.properties));
    return `None of these entities has the property "${key}"${near === undefined ? '.' : `; did you mean "${near}"?`}`;
  }
  return undefined;
}

function nodesOf({ start, steps }: QueryPlan): readonly NodePlan[] {
  const ofSteps = (some: readonly StepPlan[]): readonly NodePlan[] =>
    some.flatMap((step) => (step.kind === 'hop' ? [step.node] : ofSteps(step.steps)));
  return [start, ...ofSteps(steps)];
}

const conjunctsOf = (predicate: Predicate): readonly Predicate[] =>
  predicate.kind === 'all' ? predicate.of : [predicate];

/** Speaks of class and type alone. */
const isSelector = (predicate: Predicate): boolean => {
  const keys = keysOf(predicate);
  return keys.length > 0 && keys.every((key) => key === '_class' || key === '_type');
};

function namesIn(
  predicates: readonly Predicate[],
): readonly { readonly kind: keyof KnownNames; readonly name: string }[] {
  return predicates.flatMap((predicate) => {
    if (predicate.kind === 'all' || predicate.kind === 'any') return namesIn(predicate.of);
    if (predicate.kind !== 'compare' || predicate.operator !== '=' || predicate.subject.kind !== 'property') return [];
    const kind = predicate.subject.key === '_class' ? ('classes' as const) : ('types' as const);
    return [{ kind, name: String(predicate.value) }];
  });
}

const keysOf = (predicate: Predicate): readonly string[] =>
  [...subjectsOf(predicate)].flatMap((subject) => (subject.kind === 'property' ? [subject.key] : []));
