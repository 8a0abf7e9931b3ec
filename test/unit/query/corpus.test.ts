import { parseQuery } from '../../../src/domain/query/syntax/parse-query';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { withoutPlaces } from '../../support/query/without-places';
import { validQueries } from './corpus';

describe('the corpus', () => {
  it('holds enough queries to mean something', () => {
    expect(validQueries.length).toBeGreaterThan(1100);
  });

  it.each(validQueries)('parses, and prints to the same tree: %s', (text) => {
    const query = parseQuery(text);
    expect(withoutPlaces(parseQuery(printQuery(query)))).toEqual(withoutPlaces(query));
  });
});
