import { CheckedQueries } from '../../../src/domain/query/checked-queries';
import { checkQuery } from '../../../src/domain/query/check-query';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { validQueries } from './corpus';

describe('CheckedQueries', () => {
  it('gives the same tree for the same text, and forgets what was not asked for longest', () => {
    const texts = new CheckedQueries();
    const other = (at: number): string => `FIND Host WITH name = '${at}'`;
    const first = texts.read('FIND Host');
    for (let at = 0; at < 10_000; at++) {
      texts.read(other(at));
      if (at % 1_000 === 0) expect(texts.read('FIND Host')).toBe(first);
    }
    expect(texts.read(other(9_999))).toBe(texts.read(other(9_999)));
    const forgotten = texts.read(other(0));
    expect(forgotten).toEqual(checkQuery(other(0)));
    for (let at = 1; at < 10_000; at++) texts.read(other(at));
    expect(texts.read('FIND Host')).not.toBe(first);
  });

  it('keeps no long text, and no wrong one', () => {
    const texts = new CheckedQueries();
    const long = `FIND Host WITH name = '${'x'.repeat(5_000)}'`;
    expect(texts.read(long)).not.toBe(texts.read(long));
    for (let asked = 0; asked < 2; asked++) expect(() => texts.read('FIND Host WITH')).toThrow('Error parsing query');
  });

  it('is planned twice from one tree as from two', () => {
    const options = { now: 1, variables: { one: 'x', many: ['x', 2, true] }, parameters: {} };
    const outcome = (read: (text: string) => ReturnType<typeof checkQuery>, text: string): unknown => {
      try {
        return planQuery(text, { ...options, read });
      } catch (err) {
        return String(err);
      }
    };
    const texts = new CheckedQueries();
    for (const text of validQueries) {
      outcome((each) => texts.read(each), text);
      expect(outcome((each) => texts.read(each), text)).toEqual(outcome(checkQuery, text));
    }
  });
});
