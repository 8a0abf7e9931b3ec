import { validationError } from '../query-error';
import { addToDate } from '../syntax/dates';
import type { Literal, Query } from '../syntax/ast';
import { placeOf, type Span } from '../syntax/source';
import type { Scalar } from './plan';
import type { QueryPolicy } from './policy';

export interface PlanOptions {
  /** Epoch milliseconds that `date.now` stands for. */
  readonly now: number;
  /** For `${name}`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** For `${param.name}`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly includeDeleted?: boolean;
  /** All of these have to allow an entity: what the caller may see, and what the request wants to see. */
  readonly policies?: readonly QueryPolicy[];
  /** Where trees come from; `checkQuery` if nothing is said. */
  readonly read?: (text: string) => Query;
}

/** A literal with its value; null for `undefined`. */
export type Resolved = Scalar | readonly Scalar[] | null;

/** Furthest date from 1970 that JavaScript and BSON share, in milliseconds. */
const maxDateMs = 8.64e15;

export class PlanContext {
  constructor(
    private readonly text: string,
    readonly options: PlanOptions,
  ) {}

  valueOf(literal: Literal): Resolved {
    switch (literal.kind) {
      case 'string':
      case 'number':
      case 'boolean':
        return literal.value;
      case 'undefined':
        return null;
      case 'date':
        return literal.ms;
      case 'now': {
        const ms = addToDate(this.options.now, literal.amount, literal.unit);
        return Number.isNaN(ms) ? Math.sign(literal.amount) * maxDateMs : Math.max(-maxDateMs, Math.min(maxDateMs, ms));
      }
      case 'parameter':
        return this.given(literal);
    }
  }

  /** @throws QueryError VALIDATION_ERROR: a query without one of its values would answer another question */
  private given({ name, isStored, at }: Extract<Literal, { readonly kind: 'parameter' }>): Resolved {
    const { variables = {}, parameters = {} } = this.options;
    const source = isStored ? parameters : variables;
    const shown = isStored ? `param.${name}` : name;
    if (!Object.hasOwn(source, name)) {
      throw this.fault(
        at,
        isStored ? `There is no parameter "${shown}"` : `The request has no value for the variable "${shown}"`,
      );
    }
    const value = source[name];
    if (value === null || value === undefined) return null;
    if (isScalar(value)) return value;
    if (Array.isArray(value) && value.every(isScalar)) return value;
    throw this.fault(
      at,
      `The value of "${shown}" must be a string, a number, a boolean, null or an array of the first three`,
    );
  }

  private fault(at: Span, what: string): Error {
    const { line, column } = placeOf(this.text, at.from);
    return validationError(`${what} (line ${line} column ${column}).`, this.text, at.from);
  }
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
