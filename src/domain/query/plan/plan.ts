import type { AggregateName, ScalarName } from '../functions';
import type { ArithmeticOperator } from '../syntax/ast';

/**
 * What a query asks for, with nothing left to resolve: names are slots, value lists are conditions, dates are numbers, smart
 * classes are tag tests, and what the caller may not see is ruled out in each node. No engine is presumed.
 */
export interface QueryPlan {
  /** Whether ended objects take part. */
  readonly includeDeleted: boolean;
  /** Places of a path, in the order of the text; 0 is the start. A path that skips or forbids a part leaves its slots empty. */
  readonly slots: readonly Slot[];
  readonly start: NodePlan;
  readonly steps: readonly StepPlan[];
  /** On whole paths. An empty slot has no properties. */
  readonly where: Predicate;
  readonly result: ListPlan | TablePlan | TreePlan;
}

interface Slot {
  /** A position is the entity at which the path stands after an optional group. */
  readonly kind: 'entity' | 'relationship' | 'position';
  /** Explicit or default alias, for metadata of rows. */
  readonly name: string | undefined;
}

export interface NodePlan {
  readonly slot: number;
  /** Speaks of this slot only. */
  readonly predicate: Predicate;
}

export type StepPlan = HopPlan | AbsentPlan | OptionalPlan;

export interface HopPlan {
  readonly kind: 'hop';
  readonly edge: {
    readonly slot: number;
    /** Upper case; empty for any. */
    readonly classes: readonly string[];
    /** Seen from where the path stands. */
    readonly direction: 'any' | 'out' | 'in';
  };
  readonly node: NodePlan;
}

/** From where the path stands, these steps lead nowhere. The path goes on from the same place. */
export interface AbsentPlan {
  readonly kind: 'absent';
  readonly steps: readonly StepPlan[];
}

/** Paths go on both from the end of these steps and from before them. */
export interface OptionalPlan {
  readonly kind: 'optional';
  readonly steps: readonly StepPlan[];
  /**
   * No hop follows. Then a path that skips the group is dropped where another has the same in all other slots and takes it, so
   * that the group is a left join.
   */
  readonly isTrailing: boolean;
  /** Slot of the alias of the group. */
  readonly position: number | undefined;
}

export type Scalar = string | number | boolean;

export interface PropertyOfSlot {
  readonly kind: 'property';
  readonly slot: number;
  /** One flat key, dots included. */
  readonly key: string;
}

/** In HAVING: the cell of a row. */
interface CellOfRow {
  readonly kind: 'column';
  readonly index: number;
}

export type PlanSubject = PropertyOfSlot | CellOfRow;

export type MatchOperator = '=' | '<' | '>' | '<=' | '>=' | 'contains' | 'startsWith' | 'endsWith';

/**
 * Each leaf is positive; `not` is exact negation. On an array a leaf is true if it is for any member. Values of different kinds
 * are never equal, in order or contained in each other; only numbers and strings have an order, only strings have parts. An absent
 * value matches `absent` alone.
 */
export type Predicate =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'absent'; readonly subject: PlanSubject }
  | {
      readonly kind: 'compare';
      readonly subject: PlanSubject;
      readonly operator: MatchOperator;
      readonly value: Scalar;
    }
  | {
      readonly kind: 'compareBoth';
      readonly left: PlanSubject;
      readonly operator: MatchOperator;
      readonly right: PlanSubject;
    }
  /** `where` in the text the pattern matches. Strings only. */
  | {
      readonly kind: 'pattern';
      readonly subject: PlanSubject;
      readonly pattern: string;
      readonly ignoresCase: boolean;
      readonly where: 'anywhere' | 'start' | 'end';
    }
  /** An IPv4 address as text, from `from` to `to` as numbers. */
  | { readonly kind: 'addressRange'; readonly subject: PlanSubject; readonly from: number; readonly to: number }
  /** Equal to one of these; what an engine makes of `among` once it has the answer. */
  | { readonly kind: 'in'; readonly subject: PlanSubject; readonly values: readonly Scalar[] }
  /** Equal to a value of the only column of a table; absent values and null in it never match. */
  | { readonly kind: 'among'; readonly subject: PlanSubject; readonly plan: QueryPlan }
  /** Each of these words, in lower case, is part of some text among the properties, `_key`, `_type` and `_class`, in any case. */
  | { readonly kind: 'words'; readonly slot: number; readonly words: readonly string[] };

export type PlanExpression =
  | { readonly kind: 'constant'; readonly value: Scalar | readonly Scalar[] | null }
  | PropertyOfSlot
  /** A whole entity or relationship. */
  | { readonly kind: 'object'; readonly slot: number }
  /** The member of `unwinds[index]` that this row stands for. */
  | { readonly kind: 'unwound'; readonly index: number }
  /** In a grouped table: `keys[index]` or the value of `aggregates[index]`. */
  | { readonly kind: 'key' | 'aggregate'; readonly index: number }
  | { readonly kind: 'call'; readonly name: ScalarName; readonly args: readonly PlanExpression[] }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: PlanExpression;
      readonly right: PlanExpression;
    };

interface Paging {
  readonly skip: number;
  readonly limit: number | undefined;
}

export interface SortKey {
  readonly by: PlanExpression | CellOfRow;
  readonly isDescending: boolean;
}

/** The different start entities of all paths. */
export interface ListPlan extends Paging {
  readonly kind: 'list';
  readonly orderBy: readonly SortKey[];
}

/** The different entities and relationships of all paths. */
export interface TreePlan {
  readonly kind: 'tree';
}

export interface TablePlan extends Paging {
  readonly kind: 'table';
  /** Of equal rows the first in the order stays. */
  readonly isUnique: boolean;
  /** One row for each path and each combination of members of these; none for an absent property or an empty array. */
  readonly unwinds: readonly PropertyOfSlot[];
  readonly grouping: Grouping | undefined;
  readonly columns: readonly ColumnPlan[];
  readonly having: Predicate;
  readonly orderBy: readonly SortKey[];
}

/** One row for each combination of values of the keys; without keys exactly one, even of no paths. */
export interface Grouping {
  readonly keys: readonly PlanExpression[];
  readonly aggregates: readonly Aggregate[];
}

export interface Aggregate {
  readonly name: AggregateName;
  /** Counts different values; null does not count. Others take each different combination of `per` once. */
  readonly of: PlanExpression;
  /** The slots that `of` speaks of. */
  readonly per: readonly number[];
}

export type ColumnPlan =
  | { readonly kind: 'value'; readonly name: string; readonly value: PlanExpression }
  /** One cell for each property and metadata field, named `<prefix>.<key>`. */
  | { readonly kind: 'all'; readonly prefix: string; readonly value: PlanExpression };
