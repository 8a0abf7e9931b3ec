import { QueryError } from '../../../src/domain/query/query-error';
import { parseQuery } from '../../../src/domain/query/syntax/parse-query';

/** The error of a text, without its code frame. */
function errorOf(text: string): string {
  try {
    parseQuery(text);
  } catch (err) {
    if (err instanceof QueryError) return err.message.split('\n\n')[0] ?? '';
    throw err;
  }
  return 'no error';
}

const errors: readonly (readonly [string, string])[] = [
  ['', 'Unexpected end of the query at line 1 column 1. Expected FIND.'],
  ['   \n ', 'Unexpected end of the query at line 2 column 2. Expected FIND.'],
  ['SELECT * FROM users', 'Unexpected token "SELECT" at line 1 column 1. Expected FIND.'],
  ['FNID User', 'Unexpected token "FNID" at line 1 column 1. Did you mean "find"? Expected FIND.'],
  [
    'FIND',
    'Unexpected end of the query at line 1 column 5. Expected UNIQUE, a text in quotes, "(", "*", a smart class or a class or type.',
  ],
  [
    'FIND User wth a = 1',
    'Unexpected token "wth" at line 1 column 11. Did you mean "with"? Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more.',
  ],
  [
    'FIND User RETRUN User.x',
    'Unexpected token "RETRUN" at line 1 column 11. Did you mean "return"? Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more.',
  ],
  [
    'FIND User AS u WITH a = 1',
    'Unexpected token "WITH" at line 1 column 16. Did you mean "with"? Expected THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or the end of the query. WITH stands before AS: WITH active = true AS u.',
  ],
  [
    'FIND User WITH a = 1 WITH b = 2',
    'Unexpected token "WITH" at line 1 column 22. Did you mean "with"? Expected AND, OR, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT or more. A selector has one WITH; join conditions with AND.',
  ],
  [
    'FIND User AND a = 1',
    'Unexpected token "AND" at line 1 column 11. Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more. Conditions on an entity begin with WITH.',
  ],
  [
    'FIND a or b',
    'Unexpected token "or" at line 1 column 8. Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more. Alternatives stand in parentheses: (a|b) for entities and verbs, p = (1 OR 2) for values.',
  ],
  [
    'FIND User HAS Device',
    'Unexpected token "HAS" at line 1 column 11. Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more. A traversal begins with THAT: THAT HAS Device.',
  ],
  [
    'FIND a|b',
    'Unexpected token "|" at line 1 column 7. Expected WITH, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT, ";" or more. Alternatives stand in parentheses: (a|b).',
  ],
  [
    'FIND A THAT >> HAS B',
    'Unexpected token ">>" at line 1 column 13. Expected "!", "(", RELATES or a verb. The arrow stands after the verb: THAT HAS >> Device.',
  ],
  [
    'FIND A THAT HAS',
    'Unexpected end of the query at line 1 column 16. Expected TO, ">>", "<<", AS, "(", "*", a smart class or a class or type.',
  ],
  ['FIND A THAT RELATES B', 'Unexpected token "B" at line 1 column 21. Expected TO.'],
  [
    'FIND A THAT HAS >> << B',
    'Unexpected token "<<" at line 1 column 20. Expected AS, "(", "*", a smart class or a class or type. The arrow stands after the verb: THAT HAS >> Device.',
  ],
  ['FIND A (THAT HAS B) THAT IS C', 'Unexpected token "THAT" at line 1 column 21. Expected "?". '],
  [
    'FIND A WITH s = open',
    'Unexpected token "open" at line 1 column 17. Expected a value. Text is written in quotes: \'open\'.',
  ],
  [
    "FIND A WITH s = 'a' OR 'b'",
    "Unexpected token \"'b'\" at line 1 column 24. Expected \"(\" or a property. Each condition names its property; several values of one are written p = ('a' OR 'b').",
  ],
  [
    'FIND A WITH s => 1',
    'Unexpected token ">" at line 1 column 16. Expected a value. "Greater or equal" is written >=.',
  ],
  ['FIND A WITH s == 1', 'Unexpected token "=" at line 1 column 16. Expected a value. "Equal" is written =.'],
  ['FIND A WITH s <> 1', 'Unexpected token ">" at line 1 column 16. Expected a value. "Not equal" is written !=.'],
  [
    "FIND A WITH s IN ('a')",
    "Unexpected token \"IN\" at line 1 column 15. Expected a comparison operator. Several values are written = ('a' OR 'b').",
  ],
  [
    'FIND A WITH a-b = 1',
    'Unexpected token "-" at line 1 column 14. Expected a comparison operator. A name with a hyphen stands in brackets: [tag.cost-center].',
  ],
  [
    'FIND A WITH t > 30 days',
    'Unexpected token "days" at line 1 column 20. Expected AND, OR, AS, THAT, WHERE, RETURN, HAVING, ORDER, SKIP, LIMIT or more. A date in relation to now is written date.now - 30 days.',
  ],
  [
    'FIND A WITH t > date.now - 30 dayz',
    'Unexpected token "dayz" at line 1 column 31. Did you mean "days"? Expected HOURS, DAYS, WEEKS, MONTHS or YEARS.',
  ],
  [
    'FIND A WITH t > date(2024-02-30)',
    'Unexpected token "2024-02-30" at line 1 column 22. Expected a date such as 2024-01-31 or 2024-01-31T12:00:00Z.',
  ],
  ["FIND A WITH s = 'abc", 'Unexpected token "\'abc" at line 1 column 17. Expected a closing \'.'],
  ['FIND A WITH s = /abc', 'Unexpected token "/abc" at line 1 column 17. Expected a closing /.'],
  ['FIND A WITH [abc = 1', 'Unexpected token "[abc = 1" at line 1 column 13. Expected a property name and "]".'],
  ['FIND A /* comment', 'Unexpected token "/" at line 1 column 8. Expected a closing */.'],
  [
    'FIND A WITH s = {{x}}',
    'Unexpected token "{" at line 1 column 17. Expected a value. Placeholders {{name}} are replaced before a query is sent; a variable is written ${name}.',
  ],
  [
    'FIND A WITH s = `x`',
    'Unexpected token "`" at line 1 column 17. Expected a value. Text is written in quotes: \'text\'. A property name with special characters stands in brackets.',
  ],
  [
    'FIND A AS count',
    'Unexpected token "count" at line 1 column 11. Expected an alias. "count" is a keyword and cannot be an alias.',
  ],
  [
    'FIND A AS a RETURN a.x AS x a.y',
    'Unexpected token "a.y" at line 1 column 29. Expected ",", HAVING, ORDER, SKIP, LIMIT, ";" or the end of the query. Items of RETURN are separated by commas.',
  ],
  [
    'FIND A RETURN COUNT(*)',
    'Unexpected token "*" at line 1 column 21. Expected a property, value or function. Name what to count: COUNT(User).',
  ],
  [
    'FIND A LIMIT -1',
    'Unexpected token "-" at line 1 column 14. Expected a whole number. It must be a whole number from 1 on.',
  ],
  [
    'FIND A LIMIT 1 LIMIT 2',
    'Unexpected token "LIMIT" at line 1 column 16. Expected ORDER, SKIP, ";" or the end of the query.',
  ],
  [
    "FIND A WITH d = date('2024-01-31')",
    'Unexpected token "date" at line 1 column 17. Expected a value. A date is written without quotes: date(2024-01-31).',
  ],
  [
    'FIND A WITH tag.aws:x = 1',
    'Unexpected token ":x" at line 1 column 20. Expected a comparison operator. A name with special characters stands in brackets: [tag.aws:name].',
  ],
  [
    'FIND A RETURN UNIQUE A.x',
    'Unexpected token "UNIQUE" at line 1 column 15. Expected TREE or a property, value or function. UNIQUE stands behind FIND: FIND UNIQUE User.',
  ],
  [
    `FIND A WITH a = ${'9'.repeat(400)}`,
    'Unexpected token "9999999999999999999999999999999999999999" at line 1 column 17. Expected a number of at most 308 digits.',
  ],
];

describe('errors', () => {
  it.each(errors)('%s', (text, message) => {
    expect(errorOf(text)).toBe(`Error parsing query. ${message.trim()}`);
  });

  it('shows the line with a caret', () => {
    expect(() => parseQuery('FIND User\r\n\tTHAT HAS\r\n  Device wit x = 1')).toThrow(
      expect.objectContaining({
        code: 'PARSER_ERROR',
        place: { line: 3, column: 10 },
        message: expect.stringMatching(/\n\n> 3 \| {3}Device wit x = 1\n {4}\| {10}\^$/) as unknown,
      }) as Error,
    );
  });

  it('shows a piece of a very long line', () => {
    const text = `FIND User WITH ${Array.from({ length: 500 }, (_, index) => `p${index} = 1`).join(' AND ')} AND`;
    try {
      parseQuery(text);
      throw new Error('parsed');
    } catch (err) {
      const [, frame = ''] = (err as Error).message.split('\n\n');
      const [line = '', caret = ''] = frame.split('\n');
      expect(line.length).toBeLessThan(140);
      expect(line.trimEnd()).toMatch(/p499 = 1 AND$/);
      expect(caret.length).toBe(line.length + 1);
    }
  });
});
