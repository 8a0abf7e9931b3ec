import fc from 'fast-check';
import { QueryError } from '../../../src/domain/query/query-error';
import { parseQuery } from '../../../src/domain/query/syntax/parse-query';

/** Parses, or is refused with an error that names a place of the text. */
function survives(text: string): void {
  try {
    parseQuery(text);
  } catch (err) {
    if (!(err instanceof QueryError)) throw err;
    const lines = text.split('\n');
    expect(err.place.line).toBeLessThanOrEqual(lines.length);
    expect(err.place.column).toBeLessThanOrEqual((lines[err.place.line - 1]?.length ?? 0) + 1);
    expect(err.message.length).toBeLessThan(1500);
  }
}

/** Pieces that make the parser turn: most sequences of them go wrong somewhere. */
const piece = fc.constantFrom(
  ...[
    'FIND',
    'UNIQUE',
    'User',
    'aws_x',
    '*',
    '#S',
    '(',
    ')',
    '|',
    'WITH',
    'a',
    'tag.b',
    '[c-d]',
    '=',
    '!=',
    '~=',
    '<',
    '!',
  ],
  ...[
    "'x'",
    '5',
    '-',
    'true',
    'undefined',
    'date.now',
    '7',
    'days',
    '/r/i',
    '${v}',
    'AND',
    'OR',
    'cidr',
    ',',
    'THAT',
    'HAS',
  ],
  ...[
    'RELATES',
    'TO',
    '>>',
    '<<',
    'AS',
    'u',
    '?',
    'WHERE',
    'u.a',
    'RETURN',
    'TREE',
    'count',
    '.*',
    '+',
    '/',
    '^',
    'HAVING',
  ],
  ...[
    'ORDER',
    'BY',
    'DESC',
    'SKIP',
    'LIMIT',
    '3',
    ';',
    "'",
    '/',
    '[',
    '/*',
    '*/',
    '//',
    '\n',
    'date(',
    '2020',
    '{{',
    '\ud800',
  ],
);

const repeated: readonly (readonly [string, string, string])[] = [
  ['parentheses in WITH', 'FIND A WITH ', '('],
  ['parentheses in RETURN', 'FIND A RETURN ', '('],
  ['parentheses in a value', 'FIND A WITH a = ', '('],
  ['optional groups', 'FIND A ', '(THAT HAS B '],
  ['minus signs', 'FIND A RETURN ', '-'],
  ['powers', 'FIND A RETURN 1', '^1'],
  ['sums', 'FIND A RETURN 1', '+1'],
  ['calls', 'FIND A RETURN ', 'abs('],
  ['subqueries', 'FIND A WITH a = ', '(FIND A WITH a = '],
  ['smart classes', 'FIND ', '#A '],
  ['smart classes in parentheses', 'FIND ', '#A ('],
  ['hops', 'FIND A ', 'THAT HAS B '],
  ['conditions', 'FIND A WITH a=1 ', 'AND a=1 '],
  ['open comments', 'FIND A ', '/*'],
  ['comments', 'FIND A ', '/**/'],
  ['spaces', 'FIND', ' '],
  ['lines', 'FIND', '\n'],
  ['quotes', 'FIND A WITH a = ', "'"],
  ['backslashes', "FIND A WITH a = '", '\\'],
  ['slashes', 'FIND A WITH a = ', '/('],
  ['brackets', 'FIND A WITH ', '['],
  ['dots', 'FIND A WITH a', '.a'],
  ['digits', 'FIND A WITH a = ', '9'],
  ['letters', 'FIND ', 'A'],
  ['dates', 'FIND A WITH a = ', 'date(2020 '],
  ['dollars', 'FIND A WITH a = ', '${ '],
];

describe('hostile text', () => {
  it.each(repeated)('millions of %s are refused at once', (_what, start, part) => {
    const begun = performance.now();
    survives(start + part.repeat(Math.ceil(3_000_000 / part.length)));
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it.each(repeated)('%s up to the limit of length take linear time', (_what, start, part) => {
    const text = start + part.repeat(Math.floor((256 * 1024 - start.length) / part.length));
    const begun = performance.now();
    survives(text);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('any sequence of tokens is parsed or refused', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(' ', ''), (pieces, joint) => {
        survives(pieces.join(joint));
        survives(`FIND A ${pieces.join(joint)}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('any text is parsed or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        survives(text);
        survives(`FIND A WITH a = ${text}`);
      }),
      { numRuns: 3000 },
    );
  });
});
