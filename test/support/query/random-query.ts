import { aliasesOf } from '../../../src/domain/query/aliases';
import type {
  EntityPattern,
  Expression,
  Hop,
  Name,
  OrderKey,
  Query,
  Reference,
  ReturnItem,
  Selector,
  Step,
} from '../../../src/domain/query/syntax/ast';
import type { Choices } from './choices';
import { randomExpression } from './random-expression';
import { nowhere as at, randomFilter } from './random-filter';
import { schema } from './schema';

/** Paths multiply with each hop, and the reference builds all of them. */
const maxHops = 4;

/** A random query that follows all rules. Where it pages, its order is total, so that its answer is one. */
export function randomQuery(choices: Choices, depth = 1): Query {
  let names = 0;
  let hops = 0;
  const alias = (): Name | undefined => (choices.once(4) ? undefined : { name: `e${(names += 1)}`, at });
  const subquery = depth > 0 ? () => randomSubquery(choices) : undefined;

  const selector = (inner = 1): Selector => {
    if (choices.once(2)) return { kind: 'any', at };
    if (choices.once(6)) return { kind: 'type', name: choices.pick(schema.types), at };
    if (inner === 0 || !choices.once(8)) return { kind: 'class', name: choices.pick(schema.classes), at };
    const within = choices.some(2, () => selector(inner - 1));
    return { kind: 'smartClass', name: choices.pick(schema.smartClasses), within, isListed: within.length > 1, at };
  };
  const entity = (isStart: boolean): EntityPattern => {
    const isListed = choices.once(5);
    const selectors = isListed ? [selector(), ...choices.some(1, () => selector())] : [selector()];
    const property = () => ({ kind: 'property', key: choices.pick(schema.keys), at }) as const;
    const filter = choices.once(5) ? randomFilter({ choices, subject: property, subquery }) : undefined;
    const fullText = isStart && choices.once(20) ? choices.pick(['x', 'X_one a', 'xy']) : undefined;
    return { kind: 'entity', fullText, selectors, isListed, filter, alias: alias(), at };
  };
  const hop = (): Hop => {
    hops += 1;
    const isListed = choices.once(4);
    const verbs = choices.once(3)
      ? []
      : [choices.pick(schema.verbs), ...(isListed ? [choices.pick(schema.verbs).toLowerCase()] : [])];
    return {
      kind: 'hop',
      isNegated: choices.once(6),
      verbs: verbs.map((name) => ({ name, at })),
      isListed,
      direction: choices.pick(['any', 'any', 'out', 'in'] as const),
      alias: choices.once(2) ? undefined : { name: `r${(names += 1)}`, at },
      entity: entity(false),
      at,
    };
  };
  const steps = (max: number, inner: number): readonly Step[] =>
    choices
      .some(max, () => undefined)
      .flatMap((): readonly Step[] => {
        if (hops >= maxHops) return [];
        if (inner === 0 || !choices.once(3)) return [hop()];
        const group = [hop(), ...steps(1, inner - 1)];
        return [
          {
            kind: 'optional',
            steps: group,
            alias: choices.once(3) ? { name: `o${(names += 1)}`, at } : undefined,
            at,
          },
        ];
      });

  const path = { kind: 'query', isUnique: choices.once(4), start: entity(true), steps: steps(3, 2), at } as const;
  const bare: Query = {
    ...path,
    where: undefined,
    returns: undefined,
    having: undefined,
    orderBy: [],
    skip: undefined,
    limit: undefined,
  };
  const known = [...aliasesOf(bare).bound.keys()];
  const reference = (): Reference => ({
    kind: 'reference',
    alias: choices.pick(known),
    key: choices.pick(schema.keys),
    at,
  });
  const where =
    known.length > 0 && choices.once(5) ? randomFilter({ choices, subject: reference, subquery }) : undefined;
  const found = { ...bare, where };
  if (choices.once(4)) return { ...found, returns: { kind: 'tree', at } };
  if (known.length === 0 || choices.once(3)) return withOrderOfList(found, choices);
  return withTable(found, { choices, known, reference });
}

interface TableParts {
  readonly choices: Choices;
  readonly known: readonly string[];
  readonly reference: () => Reference;
}

function withTable(query: Query, { choices, known, reference }: TableParts): Query {
  const items = [0, ...choices.some(2, () => 1)].map((_, index): ReturnItem => {
    const alias = choices.pick(known);
    if (choices.once(10)) return { expression: { kind: 'all', alias, at }, alias: undefined, at };
    const expression: Expression = choices.once(6)
      ? { kind: 'reference', alias, key: undefined, at }
      : randomExpression({ choices, known, reference }, 2);
    return { expression, alias: { name: `c${index}`, at }, at };
  });
  const table: Query = { ...query, returns: { kind: 'columns', items, at } };
  const cells = items.flatMap(({ alias }) => (alias ? [alias.name] : []));
  if (cells.length === 0) return table;
  const cell = (alias: string): Reference => ({ kind: 'reference', alias, key: undefined, at });
  const subject = (): Reference => cell(choices.pick(cells));
  const having = choices.once(5) ? randomFilter({ choices, subject, subquery: undefined }, 1) : undefined;
  const isPaged = cells.length === items.length && choices.once(3);
  const orderBy = [
    ...(choices.once(3) ? [reference()] : []),
    ...(isPaged || choices.once(3) ? cells.map(cell) : []),
  ].map((expression): OrderKey => ({ expression, isDescending: choices.once(2), at }));
  return { ...table, having, orderBy, ...(isPaged && pages(choices)) };
}

function withOrderOfList(query: Query, choices: Choices): Query {
  const start = query.start.alias?.name;
  if (start === undefined || choices.once(2)) return query;
  const key = (name: string): OrderKey => ({
    expression: { kind: 'reference', alias: start, key: name, at },
    isDescending: choices.once(2),
    at,
  });
  return { ...query, orderBy: [key(choices.pick(schema.keys)), key('_id')], ...pages(choices) };
}

const pages = (choices: Choices) => ({
  skip: choices.once(2) ? { value: choices.upTo(2), at } : undefined,
  limit: choices.once(2) ? { value: choices.upTo(3) + 1, at } : undefined,
});

function randomSubquery(choices: Choices): Query {
  const query = randomQuery(choices, 0);
  const start = { ...query.start, alias: { name: 'e0', at } };
  const expression = { kind: 'reference', alias: 'e0', key: choices.pick(schema.keys), at } as const;
  const returns = { kind: 'columns', items: [{ expression, alias: undefined, at }], at } as const;
  return {
    ...query,
    start,
    where: undefined,
    returns,
    having: undefined,
    orderBy: [],
    skip: undefined,
    limit: undefined,
  };
}
