import { randomKey, type GraphSize } from './graph';

export type Cell = string | number | boolean | null;
/** Rows in no order, or for `sorted` in the order of the answer. */
export type Answer = readonly (readonly Cell[])[];

/** What every side is asked, in its own language. All have the same answer. */
export type Question =
  /** Name, type and score of what lies so many outgoing relationships away, a row for each path. */
  | { readonly kind: 'hops'; readonly depth: 1 | 2 | 3; readonly key: string }
  /** Whole hosts that have a data store, 250 of them. The answer has their keys. */
  | { readonly kind: 'hasLimit' }
  /** How many hosts have a data store. */
  | { readonly kind: 'hasCount' }
  | { readonly kind: 'countType' }
  | { readonly kind: 'countClass' }
  /** Name and number, of all types and all classes. */
  | { readonly kind: 'allCounts' }
  /** How many hosts have no data store. */
  | { readonly kind: 'absent' }
  /** How many entities of all have nothing at all. */
  | { readonly kind: 'absentAll' }
  /** How many data stores are had by something that a host has. */
  | { readonly kind: 'twoHopCount' }
  /** Number of hosts by region and activity. */
  | { readonly kind: 'groupBy' }
  /** The 100 newest active hosts. */
  | { readonly kind: 'sorted' }
  /** Name, type and score of one entity. */
  | { readonly kind: 'byKey'; readonly key: string }
  /** The same; sides that have ids make it of the key. */
  | { readonly kind: 'byId'; readonly key: string };

export type QuestionKind = Question['kind'];

/** Those that ask about a key have another one each time. */
export function questionAt(size: GraphSize, shape: QuestionShape, number: number): Question {
  if (shape.kind === 'hops') return { ...shape, key: randomKey(size, number) };
  if (shape.kind === 'byKey' || shape.kind === 'byId') return { kind: shape.kind, key: randomKey(size, number) };
  return shape;
}

type Keyless<Q> = Q extends { readonly key: string } ? Omit<Q, 'key'> : Q;
/** A question without its key. */
export type QuestionShape = Keyless<Question>;

/** J1QL of a question; undefined where it is asked otherwise (`allCounts` and `byId` have fields of their own). */
export function j1qlOf(question: Question): string | undefined {
  switch (question.kind) {
    case 'hops': {
      const steps =
        ['', ' THAT RELATES TO >> *', ' THAT RELATES TO >> * THAT RELATES TO >> *'][question.depth - 1] ?? '';
      const start = `FIND * WITH _key = '${question.key}'`;
      return `${start}${steps} THAT RELATES TO >> * AS b RETURN b.name, b._type, b.score`;
    }
    case 'hasLimit':
      return 'FIND Host THAT HAS >> DataStore LIMIT 250';
    case 'hasCount':
      return 'FIND Host AS h THAT HAS >> DataStore RETURN count(h)';
    case 'countType':
      return 'FIND aws_instance AS h RETURN count(h)';
    case 'countClass':
      return 'FIND Host AS h RETURN count(h)';
    case 'absent':
      return 'FIND Host AS h THAT !HAS >> DataStore RETURN count(h)';
    case 'absentAll':
      return 'FIND * AS e THAT !HAS >> * RETURN count(e)';
    case 'twoHopCount':
      return 'FIND Host THAT HAS >> * THAT HAS >> DataStore AS d RETURN count(d)';
    case 'groupBy':
      return 'FIND Host AS h RETURN h.region, h.active, count(h)';
    case 'sorted':
      return 'FIND Host WITH active = true AS h RETURN h.name, h.score ORDER BY h.createdOn DESC LIMIT 100';
    case 'byKey':
      return `FIND * WITH _key = '${question.key}' AS e RETURN e.name, e._type, e.score`;
    case 'allCounts':
    case 'byId':
      return undefined;
  }
}
