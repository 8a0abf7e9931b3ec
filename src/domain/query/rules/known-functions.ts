import { nearest } from '../../../lib/nearest';
import { factsOf, functions } from '../functions';
import type { Expression } from '../syntax/ast';
import { partsOf, returnedExpressions } from '../walk';
import type { Fault, Rule } from './rule';

/** Functions exist and get as many arguments as they take. */
export const knownFunctions: Rule = function* ({ query }) {
  for (const expression of [...returnedExpressions(query), ...query.orderBy.map((key) => key.expression)]) {
    for (const part of partsOf(expression)) yield* faultsOf(part);
  }
};

function* faultsOf(part: Expression): Iterable<Fault> {
  if (part.kind !== 'call') return;
  const { name, args, at } = part;
  const facts = factsOf(part);
  if (facts === undefined) {
    const names = Object.keys(functions).map((each) => each.toUpperCase());
    const near = nearest(name, names);
    yield {
      at,
      what: `There is no function "${name}"`,
      hint: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean "${near}"?`,
    };
  } else if (args.length === 0 || args.length > facts.maxArguments) {
    const wanted = facts.maxArguments === 1 ? 'one argument' : 'at least one argument';
    yield { at, what: `${name.toUpperCase()} takes ${wanted}, not ${args.length}` };
  }
}
