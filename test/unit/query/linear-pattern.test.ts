import { checkQuery } from '../../../src/domain/query/check-query';
import { compilePattern } from '../../../src/domain/query/run/linear-pattern';

const matches = (
  pattern: string,
  text: string,
  where: 'anywhere' | 'start' | 'end' = 'anywhere',
  ignoresCase = false,
) => compilePattern({ pattern, ignoresCase, where })(text);

describe('patterns', () => {
  it.each([
    ['adm(in)?', 'the admin', 'anywhere', true],
    ['adm|root', 'a root', 'start', false],
    ['root|adm', 'adm x', 'start', true],
    ['x|y', 'xz', 'end', false],
    ['\\u0041\\/', 'A/', 'anywhere', true],
    ['[\\w.]+\\s\\d{2}', 'a.b 12', 'anywhere', true],
  ] as const)('%s in "%s", %s: %s', (pattern, text, where, expected) => {
    expect(matches(pattern, text, where)).toBe(expected);
  });

  it('looks at case unless told otherwise', () => {
    expect([matches('É', 'é'), matches('É', 'é', 'anywhere', true)]).toEqual([false, true]);
  });

  it.each(['(a+)+b', '(a|a)*b', '(a*)*(a*)*(a*)*b', '([a-z]+)*[0-9]'])('takes linear time for %s', (pattern) => {
    const compiled = compilePattern({ pattern, ignoresCase: true, where: 'end' });
    const started = process.cpuUsage().user;
    expect(compiled('a'.repeat(200_000))).toBe(false);
    // V8's own engine would need longer than the universe is old.
    expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  });

  it.each(['[\\b]x', 'a**', '(x{1000}){1000}'])(
    'what RE2 does not understand is an error of the query: %s',
    (pattern) => {
      expect(() => checkQuery(`FIND A WITH p = /${pattern}/`)).toThrow('The regular expression is not valid');
    },
  );
});
