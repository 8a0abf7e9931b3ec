import type { DateUnit } from './dates';
import type { Span } from './source';

/** The tree of a query as written: names unresolved, lists unexpanded. Every node knows its place in the text. */
interface Node {
  readonly at: Span;
}

export interface Query extends Node {
  readonly kind: 'query';
  readonly isUnique: boolean;
  readonly start: EntityPattern;
  readonly steps: readonly Step[];
  readonly where: Filter | undefined;
  readonly returns: Returns | undefined;
  readonly having: Filter | undefined;
  readonly orderBy: readonly OrderKey[];
  readonly skip: Count | undefined;
  readonly limit: Count | undefined;
}

/** What stands for one entity of a path. */
export interface EntityPattern extends Node {
  readonly kind: 'entity';
  /** Only at the start of a query. */
  readonly fullText: string | undefined;
  /** Any of these; empty only beside a full text. */
  readonly selectors: readonly Selector[];
  /** Written in parentheses: then there is no default alias. */
  readonly isListed: boolean;
  readonly filter: Filter | undefined;
  readonly alias: Name | undefined;
}

export type Selector = Node &
  (
    | { readonly kind: 'any' }
    | { readonly kind: 'class' | 'type'; readonly name: string }
    /** `#Prod`, or `#Prod (Host|Device)`: then `within` is not empty. */
    | {
        readonly kind: 'smartClass';
        readonly name: string;
        readonly within: readonly Selector[];
        readonly isListed: boolean;
      }
  );

export interface Name extends Node {
  readonly name: string;
}

export type Step = Hop | OptionalGroup;

export interface Hop extends Node {
  readonly kind: 'hop';
  readonly isNegated: boolean;
  /** Any of these; empty for RELATES TO. */
  readonly verbs: readonly Name[];
  readonly isListed: boolean;
  /** `out`: from the left entity to the right one, `>>`. */
  readonly direction: 'any' | 'out' | 'in';
  readonly alias: Name | undefined;
  readonly entity: EntityPattern;
}

export interface OptionalGroup extends Node {
  readonly kind: 'optional';
  readonly steps: readonly Step[];
  /** Names where the path stands after the group, be it taken or not. */
  readonly alias: Name | undefined;
}

export const comparisonOperators = ['=', '!=', '<', '>', '<=', '>=', '~=', '!~=', '^=', '!^=', '$=', '!$='] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export type Filter = Node &
  (
    | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
    | {
        readonly kind: 'comparison';
        readonly left: Subject;
        readonly operator: ComparisonOperator;
        readonly right: Value;
      }
    | { readonly kind: 'cidr'; readonly isNegated: boolean; readonly left: Subject; readonly range: string }
  );

/** What a condition is about: in WITH a property of the entity to the left, elsewhere a reference. */
export type Subject = Property | Reference;

export interface Property extends Node {
  readonly kind: 'property';
  /** One flat key, dots included. */
  readonly key: string;
}

export interface Reference extends Node {
  readonly kind: 'reference';
  readonly alias: string;
  /** Undefined for a bare alias or the name of a column. */
  readonly key: string | undefined;
}

export type Literal = Node &
  (
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'undefined' }
    /** Epoch milliseconds. */
    | { readonly kind: 'date'; readonly ms: number }
    | { readonly kind: 'now'; readonly amount: number; readonly unit: DateUnit }
    | { readonly kind: 'parameter'; readonly name: string; readonly isStored: boolean }
  );

export type Value =
  | Literal
  | (Node & { readonly kind: 'regex'; readonly pattern: string; readonly flags: string })
  | (Node & { readonly kind: 'list'; readonly join: 'and' | 'or'; readonly values: readonly Value[] })
  | (Node & { readonly kind: 'subquery'; readonly query: Query })
  | Reference;

export type Returns = Node &
  ({ readonly kind: 'tree' } | { readonly kind: 'columns'; readonly items: readonly ReturnItem[] });

export interface ReturnItem extends Node {
  readonly expression: Expression | AllProperties;
  readonly alias: Name | undefined;
}

/** `alias.*` */
export interface AllProperties extends Node {
  readonly kind: 'all';
  readonly alias: string;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '^';

export type Expression =
  | Literal
  | Reference
  | (Node & { readonly kind: 'negative'; readonly of: Expression })
  | (Node & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] })
  | (Node & {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    });

export interface OrderKey extends Node {
  readonly expression: Expression;
  readonly isDescending: boolean;
}

export interface Count extends Node {
  readonly value: number;
}
