import { factsOf, isAggregate } from '../functions';
import type { Expression } from '../syntax/ast';
import { partsOf, returnedExpressions } from '../walk';
import type { Fault, Rule } from './rule';

/** Aggregates and UNWIND change which rows there are, so they do not stand inside each other. */
export const nestedCalls: Rule = function* ({ query }) {
  for (const expression of returnedExpressions(query)) {
    for (const part of partsOf(expression)) yield* faultsOf(part);
  }
  for (const { expression } of query.orderBy) {
    for (const part of partsOf(expression)) {
      if (isUnwind(part))
        yield { at: part.at, what: 'UNWIND stands in RETURN', hint: 'Name it with AS and order by that name.' };
    }
  }
};

function* faultsOf(call: Expression): Iterable<Fault> {
  if (call.kind !== 'call') return;
  const inner = call.args.flatMap((arg) => [...partsOf(arg)]);
  const name = call.name.toUpperCase();
  if (isAggregate(call)) {
    const wrong = inner.find((part) => isAggregate(part) || isUnwind(part));
    if (wrong?.kind === 'call') {
      yield { at: wrong.at, what: `${wrong.name.toUpperCase()} cannot stand inside ${name}` };
    } else if (!inner.some((part) => part.kind === 'reference')) {
      const hint = 'Such as COUNT(User) or MAX(User.age).';
      yield { at: call.at, what: `${name} needs something that the query finds`, hint };
    } else if (name === 'COUNT' && call.args[0]?.kind !== 'reference') {
      yield { at: call.at, what: 'COUNT takes an alias or one property of it' };
    }
  } else if (isUnwind(call) && !(call.args[0]?.kind === 'reference' && call.args[0].key !== undefined)) {
    yield { at: call.at, what: 'UNWIND takes one property', hint: 'Such as UNWIND(User.emails).' };
  }
}

const isUnwind = (part: Expression): boolean => part.kind === 'call' && factsOf(part)?.kind === 'unwind';
