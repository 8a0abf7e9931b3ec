import { selectionOf } from '../../../src/domain/graph/vertex-selection';

/** What selections mean is in the contract of `GraphReads`; this is what they refuse. */
describe('selectionOf', () => {
  it.each([
    [{ propertyFilters: 7 }, 'propertyFilters must be an object of property names and values.'],
    [{ propertyFilters: [1] }, 'propertyFilters must be an object of property names and values.'],
    [{ propertyFilters: { a: {} } }, 'propertyFilters.a must be a string, a number, a boolean or an array of these.'],
    [
      { propertyFilters: { a: [[1]] } },
      'propertyFilters.a must be a string, a number, a boolean or an array of these.',
    ],
    [{ propertyFilters: { a: NaN } }, 'propertyFilters.a must be a string, a number, a boolean or an array of these.'],
    [{ filters: { _type: Array(1001).fill('t') } }, 'filters may have 1000 fields, and as many values of each.'],
    [{ propertyFilters: { a: 'x'.repeat(1_000_001) } }, 'filters may have 1000000 characters.'],
  ])('refuses %#', (request, message) => {
    expect(() => selectionOf(request)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST', message }));
  });

  it('takes what says nothing as absent', () => {
    const nothing = { predicate: { kind: 'all', of: [] }, words: [] };
    for (const filterType of ['AND', 'OR', null] as const) {
      expect(selectionOf({ filterType })).toEqual(nothing);
      expect(selectionOf({ filters: null, propertyFilters: null, search: null, filterType })).toEqual(nothing);
      expect(
        selectionOf({
          filters: { _id: '', _class: [], _type: [null, ''] },
          propertyFilters: '',
          search: '  ',
          filterType,
        }),
      ).toEqual(nothing);
    }
  });
});
