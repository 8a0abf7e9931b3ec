import type { EntityPattern, Selector } from '../syntax/ast';
import { planFilter, type FilterReading } from './plan-filter';
import type { NodePlan, Predicate, Scalar } from './plan';
import { policyPredicate } from './policy';
import { all, always, any } from './predicates';

/** All that an entity must be: selected, filtered, and visible to the caller. */
export function planEntity(
  pattern: EntityPattern,
  slot: number,
  { context, planSubquery }: Omit<FilterReading, 'subjectOf'>,
): NodePlan {
  const { fullText, selectors, filter } = pattern;
  const reading: FilterReading = {
    context,
    planSubquery,
    subjectOf: (subject) => ({
      kind: 'property',
      slot,
      key: subject.kind === 'property' ? subject.key : subject.alias,
    }),
  };
  const { policies = [] } = context.options;
  const predicate = all([
    ...(selectors.length > 0 ? [any(selectors.map((selector) => planSelector(selector, slot)))] : []),
    ...(fullText === undefined ? [] : [wordsOf(fullText, slot)]),
    ...(filter ? [planFilter(filter, reading)] : []),
    ...policies.map((policy) => policyPredicate(policy, slot)),
  ]);
  return { slot, predicate };
}

function planSelector(selector: Selector, slot: number): Predicate {
  const is = (key: string, value: Scalar): Predicate => ({
    kind: 'compare',
    subject: { kind: 'property', slot, key },
    operator: '=',
    value,
  });
  switch (selector.kind) {
    case 'any':
      return always;
    case 'class':
      return is('_class', selector.name);
    case 'type':
      return is('_type', selector.name);
    case 'smartClass': {
      // The tag is what a smart class writes on its members; `tags` is the older form.
      const isMember = any([is(`tag.${selector.name}`, true), is('tags', selector.name)]);
      if (selector.within.length === 0) return isMember;
      return all([isMember, any(selector.within.map((inner) => planSelector(inner, slot)))]);
    }
  }
}

/** Each word of a full text has to occur in some text of the entity, in any case and as a part of a word. */
function wordsOf(text: string, slot: number): Predicate {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.length === 0 ? always : { kind: 'words', slot, words };
}
