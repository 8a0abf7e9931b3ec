import { checkQuery } from '../../../src/domain/query/check-query';
import { lex } from '../../../src/domain/query/syntax/lexer';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { withoutPlaces } from '../../support/query/without-places';
import { invalidQueries, validQueries } from './corpus';

/** The forms of JupiterOne's errors, by which its clients recognize them. */
const knownForms = [
  /^Error parsing query\. Unexpected (token ".+"|end of the query) at line \d+ column \d+\. (Did you mean "\w+"\? )?Expected .+\./s,
  /^Invalid return selector provided: ".+", valid return selectors are: .* \(line \d+ column \d+\)\./,
  /^Invalid predicate filter selector provided: ".+", valid predicate selectors are: .* \(line \d+ column \d+\)\./,
];

describe('the corpus', () => {
  it('holds enough queries to mean something', () => {
    expect(validQueries.length).toBeGreaterThan(1100);
    expect(invalidQueries.length).toBeGreaterThan(20);
  });

  it.each(validQueries)('takes, and prints to the same tree: %s', (text) => {
    const query = checkQuery(text);
    expect(withoutPlaces(checkQuery(printQuery(query)))).toEqual(withoutPlaces(query));
  });

  it('reads the same with comments and line breaks between all tokens', () => {
    for (const text of validQueries) {
      const spread = lex(text)
        .map((token) => token.text)
        .join(' /* THAT */\n');
      expect(withoutPlaces(checkQuery(spread))).toEqual(withoutPlaces(checkQuery(text)));
    }
  });

  it.each(invalidQueries)('refuses in a known form: %s', (text) => {
    let message = '';
    try {
      checkQuery(text);
    } catch (err) {
      message = (err as Error).message;
    }
    expect(knownForms.filter((form) => form.test(message))).toHaveLength(1);
  });
});
