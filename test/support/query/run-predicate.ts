import type { PlanSubject, Predicate, QueryPlan } from '../../../src/domain/query/plan/plan';
import type { Answer } from './evaluate';
import type { GraphObject } from './graph';
import { hasWords, isInRange, matches, matchesPattern } from './values';

/** What a predicate can see: cells of a row of the table, or properties and objects of a path. */
export interface Sight {
  readonly cell: (subject: PlanSubject) => unknown;
  readonly object: (slot: number) => GraphObject | undefined;
  readonly subquery: (plan: QueryPlan) => Answer;
}

export function holds(predicate: Predicate, sight: Sight): boolean {
  switch (predicate.kind) {
    case 'all':
      return predicate.of.every((each) => holds(each, sight));
    case 'any':
      return predicate.of.some((each) => holds(each, sight));
    case 'not':
      return !holds(predicate.of, sight);
    case 'absent':
      return sight.cell(predicate.subject) === undefined;
    case 'compare':
      return matches(sight.cell(predicate.subject), predicate.operator, predicate.value);
    case 'compareBoth':
      return matches(sight.cell(predicate.left), predicate.operator, sight.cell(predicate.right));
    case 'pattern':
      return matchesPattern(sight.cell(predicate.subject), predicate.pattern, predicate.ignoresCase, predicate.where);
    case 'addressRange':
      return isInRange(sight.cell(predicate.subject), predicate);
    case 'in':
      return matches(sight.cell(predicate.subject), '=', predicate.values);
    case 'among': {
      const answer = sight.subquery(predicate.plan);
      return (
        answer.kind === 'table' &&
        answer.rows
          .flatMap((row) => Object.values(row))
          .some((cell) => matches(sight.cell(predicate.subject), '=', cell))
      );
    }
    case 'words':
      return hasWords(sight.object(predicate.slot)?.properties ?? {}, predicate.words);
  }
}
