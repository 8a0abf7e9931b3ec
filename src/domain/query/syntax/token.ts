import type { Span } from './source';

/** One token; `text` is as written. */
export type Token = Span & { readonly text: string } & (
    | {
        /** A keyword, class, type, verb, alias or property. `tag.Name` is one token of two parts. */
        readonly kind: 'name';
        readonly parts: readonly string[];
        /** Lower case, if the name could be a keyword: one part, or the two of `date.now`, without brackets. */
        readonly word: string | undefined;
      }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'smartClass'; readonly name: string }
    | { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
    /** `date(2024-01-31)`. */
    | { readonly kind: 'date'; readonly ms: number }
    /** `${name}`, or `${param.name}` from the account's store. */
    | { readonly kind: 'parameter'; readonly name: string; readonly isStored: boolean }
    | { readonly kind: 'symbol' }
    | { readonly kind: 'end' }
    /** Text that is no token. An error only when the parser gets there, so that the first fault of a query is the one told. */
    | { readonly kind: 'broken'; readonly expected: string }
  );

export type TokenOf<Kind extends Token['kind']> = Extract<Token, { readonly kind: Kind }>;

/** Longest first, as the lexer tries them in this order. */
export const symbols = [
  ...['!~=', '!^=', '!$=', '>>', '<<', '~=', '^=', '$=', '!=', '<=', '>=', '.*'],
  ...['=', '<', '>', '(', ')', ',', '|', '!', '?', '*', '+', '-', '/', '^', ';'],
];
