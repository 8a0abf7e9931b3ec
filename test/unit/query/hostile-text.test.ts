import fc from 'fast-check';
import { QueryError } from '../../../src/domain/query/query-error';
import { checkQuery } from '../../../src/domain/query/check-query';

/** Parses, or is refused with an error that names a place of the text. */
function survives(text: string): void {
  try {
    checkQuery(text);
  } catch (err) {
    if (!(err instanceof QueryError)) throw err;
    const lines = text.split('\n');
    expect(err.place.line).toBeLessThanOrEqual(lines.length);
    expect(err.place.column).toBeLessThanOrEqual((lines[err.place.line - 1]?.length ?? 0) + 1);
    expect(err.message.length).toBeLessThan(6000);
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

/** Of this process. The clock would tell how busy the machine is. */
function cpuMsOf(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

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
  ['columns', 'FIND A RETURN A.x', ',A.x'],
  ['unknown aliases', 'FIND A WHERE b.x = 1', ' OR b.x = 1'],
  ['unknown long aliases', 'FIND A WHERE b.x = 1', ` OR ${'b'.repeat(90)}.x = ${'c'.repeat(90)}.y`],
  ['columns in HAVING', 'FIND A RETURN A.x, A.y AS z HAVING z = 1', ' OR A.x = z'],
  ['keys of ORDER BY', 'FIND A RETURN A.x AS x ORDER BY x', ',x'],
  ['sums in parentheses', 'FIND A RETURN ', '(1+1*1+1*'],
  ['aliases', 'FIND A AS a', ' THAT HAS B AS a'],
  ['values of a list', 'FIND A WITH a = (1', " OR 'x'"],
  ['regular expressions', 'FIND A WITH a = /x/', ' OR a = /(x)y/'],
  ['repetitions of a pattern', 'FIND A WITH a = /x', '(x'],
  ['dates', 'FIND A WITH a = ', 'date(2020 '],
  ['dollars', 'FIND A WITH a = ', '${ '],
];

describe('hostile text', () => {
  it.each(repeated)('millions of %s are refused at once', (_what, start, part) => {
    const text = start + part.repeat(Math.ceil(3_000_000 / part.length));
    expect(cpuMsOf(() => survives(text))).toBeLessThan(1000);
  });

  it.each(repeated)('%s up to the limit of length take linear time', (_what, start, part) => {
    const text = start + part.repeat(Math.floor((256 * 1024 - start.length) / part.length));
    expect(cpuMsOf(() => survives(text))).toBeLessThan(2000);
  });

  it('any sequence of tokens is parsed or refused', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(' ', ''), (pieces, joint) => {
        survives(pieces.join(joint));
        survives(`FIND A ${pieces.join(joint)}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('any text is parsed or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        survives(text);
        survives(`FIND A WITH a = ${text}`);
      }),
      { numRuns: 1000 },
    );
  });
});
